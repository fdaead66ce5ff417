"""
The registry of exporters and erasers: every row about a person is covered by one.

Owns export and deletion requests.
Publishes nothing.
Listens to nothing.
"""
