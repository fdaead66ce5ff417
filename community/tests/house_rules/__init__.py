"""
The rules of the house that no tool knows: what may stand in our code and in our templates, and what may not.

A rule reads one file and says where it is broken. What may stay is on a short list, with its reason; an entry that nothing
needs any more fails, too. Every rule has controls: lines that it must catch, and lines that it must not.
That every model with a person in it has an exporter and an eraser is told by core/privacy/tests; that every address has a
row in the table of access by test_access.py.
"""
