"""
The topic tree that everything is tagged with: two levels, names in both languages, synonyms.

Owns topics and their synonyms.
Publishes TopicMerged.
Listens to nothing.
"""
