"""shim"""


def enqueue(**k):
    pass
