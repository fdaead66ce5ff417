"""What stands only in what is paid for, who finds it, and which surfaces a test asks."""

CANARY = "kanarienvogel"

EXPECTED = {
    "guest": False, "Free": False, "Buyer": True, "Refunded": False, "Expired": False, "Gifted": True,
    "Renewing": True, "Owing": True, "Stopped": True, "GivenUp": False, "TakenBack": False, "Lapsed": False,
}  # fmt: skip


ASKED: set[str] = set()


def asks(*surfaces):
    """Say that a test asks these surfaces, by their names of ``surfaces.standing``."""
    ASKED.update(surfaces)
    return lambda test: test


def found(response):
    return CANARY in response.content.decode()


def seen_by(personas, look):
    return {name: look(who) for name, who in personas.items()}
