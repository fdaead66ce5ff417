"""
What stands behind ``./run``: environment, embedded servers, supervisor and tasks.

Standard library only (`asking` apart, a program of its own), because it runs before anything is installed.
Publishes nothing.
Listens to nothing.
"""
