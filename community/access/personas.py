"""Who asks, and those of them who are often named together."""

from enum import StrEnum


class Persona(StrEnum):
    """Who asks. ``MEMBER`` has bought other things, ``ENDED`` had the course and was given the money back."""

    GUEST = "guest"
    NEWCOMER = "newcomer"
    MEMBER = "member"
    ENROLLED = "enrolled"
    ENDED = "ended"
    TEACHER = "teacher"
    MODERATOR = "moderator"
    OWNER = "owner"
    SUSPENDED = "suspended"


P = Persona
EVERYBODY = frozenset(Persona)
# An account that is switched off has no session: whoever holds its cookie is a guest.
WITHOUT_LOG_IN = frozenset({P.GUEST, P.SUSPENDED})
MEMBERS = EVERYBODY - WITHOUT_LOG_IN
STAFF = frozenset({P.MODERATOR, P.OWNER})
NOBODY: frozenset[Persona] = frozenset()
