"""
A film and a sound of our own, drawn and computed when a world is made: what they show is what their lesson teaches.

They are kept in ``var/demo/recordings`` by what they are made from, so that the second world does not make them again.
"""
