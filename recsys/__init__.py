"""
Recommendations that explain themselves; ``engine/`` works where Django is not installed.

Owns interactions, trained models, impressions and what a member told us to show more, less or never.
Publishes ModelTrained.
Listens to what members do in courses and forum, and to who withdraws the right to learn from it.
"""
