"""
What stands behind ``./run``: environment, embedded servers, supervisor and tasks.

Standard library only, because it runs before anything is installed.
Publishes nothing.
Listens to nothing.
"""
