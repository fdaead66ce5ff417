"""
Who must know what, and how: on the page, as a live fragment, by mail, in a digest.

Owns notifications, their preferences and digests.
Publishes nothing.
Listens to facts of every room below; writes only its own rows and outbox rows.
"""
