"""
Recommendations that explain themselves; ``engine/`` works where Django is not installed.

Owns interactions, trained models, impressions and what a member told us to leave out.
Publishes ModelTrained.
Listens to what members do in courses, forum and payments.
"""
