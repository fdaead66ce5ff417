"""
People: user, profile, consent, follow and block, and the allauth adapters.

Owns users, profiles, consents, follows, blocks.
Publishes SignedUp, EmailVerified, LoggedOut, ProfileChanged.
Listens to allauth's signals, translated once in handlers.py.
"""
