"""
The one visibility rule: things carry the keys that open them, viewers hold keys.

Owns no table; others register who holds which key.
Publishes nothing.
Listens to nothing.
"""
