"""How much each act says about an interest, between 0 and 1."""

VIEWED_THREAD = 0.3
VIEWED_LESSON = 0.4
VOTED = 0.6
ANSWERED = 0.8
COMPLETED_LESSON = 1.0
ASKED = 1.0
ENROLLED = 1.0
COMPLETED_COURSE = 1.0

LONGEST_HISTORY = 100
"""How many of a member's latest items a list is worked out from."""

NEW_DAYS = 14
"""How long an item counts as new."""
FIRST_IMPRESSIONS = 50
"""A new item that fewer members than this have seen is given places of its own."""
PLACE_FOR_NEW, EVERY = 9, 20
"""Which place (from 0) of every twenty is kept for such an item: a twentieth of the cards."""
PLACE_FOR_NEXT, PLACE_FOR_STEP, PLACE_FOR_PEOPLE, PLACE_FOR_TALK, PLACE_FOR_GROUP = 1, 3, 4, 5, 7
"""
Which places of every twenty are kept for the next lesson of a course, the next step of a path, somebody who likes the same, what was said
last in one's groups, and a group to be in.
"""
FIRST_TURN, TURNS_AMONG = 2, 10
"""From which of every ten ranked cards on a kind that is not among them has its turn."""
TURNS_FROM = 6
"""Whoever has done fewer things than that is at their first course: their few cards are about it."""
WHOLE = 40
"""So many cards are a whole feed: a topic that a member wants less of gets half of its share of them, and of the first few of them too."""
PER_CREATOR = 3
"""Of one creator a list shows no more than so many."""
SHOWN_DAYS, WITHIN_DAYS = 4, 14
"""A card that was shown on so many days within so many, and never opened, takes a rest."""

KEPT_DAYS = 60
"""How long impressions are kept."""

FEWEST = 5
"""So many people must have done something before it is said that people did: fewer could be told apart."""
LATELY_DAYS = 7
"""For how long after its last post a thread is one that is talked about."""

SAID, FOLLOWED, DONE = 0.8, 0.7, 0.6
"""How much of an interest rests on a survey answer, on following the topic, on what the member did most."""
LEAST_INTEREST = 0.05
"""A topic that was only touched in passing is not called an interest."""
FADES = 0.97
"""What an act of the next older item still counts for an interest."""
