"""
Live updates: a hint, never the truth; one websocket per page, signed topics, gapless seq.

Owns streams and the messages of the last seven days: ``sending.send``, ``topics.open_topics``, ``guarding.guards``.
Publishes nothing.
Listens to nothing.
"""
