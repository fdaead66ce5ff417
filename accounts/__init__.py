"""
People: user, profile, consent, follow and block, and the allauth adapters.

Owns users, profiles, consents, follows, blocks, mutes.
Publishes SignedUp, EmailVerified, LoggedOut, Followed, Unfollowed, ConsentChanged, ProfileChanged.
Listens to SurveyAnswered; allauth's signals are translated once, in handlers.py.
"""
