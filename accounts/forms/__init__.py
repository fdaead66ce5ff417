"""
The forms of this room.

Nothing is imported here: allauth imports ``naming`` while it is itself being imported, and ``entrance`` imports allauth.
"""
