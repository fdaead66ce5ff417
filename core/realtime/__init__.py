"""
Live updates: a hint, never the truth; one websocket per page, signed topics, gapless seq.

Owns streams and the messages of the last seven days.
Publishes nothing.
Listens to nothing.
"""
