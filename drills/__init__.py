"""
What breaks things on purpose and looks whether the house notices: each a program, its exit code the verdict.

A drill that could not run counts as failed, never as passed.
"""
