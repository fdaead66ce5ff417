"""How long an answer takes tells nobody whether an address has an account."""

import random
import time
from itertools import count

import pytest
from django.test import Client

from conftest import played

from .conftest import PASSWORD, joined

# Each request commits by itself: one transaction around all of them would stay open for a minute, and no fact of the
# other tests' databases on this server could be numbered meanwhile.
pytestmark = [
    pytest.mark.commits,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.usefixtures("earnest_passwords"),
]
TRIES = played(150, full=500)
DOORS = {
    "log in": ("/account/login/", lambda email: {"login": email, "password": "not my password"}),
    "new password": ("/account/password/reset/", lambda email: {"email": email}),
    "join": ("/account/signup/", lambda email: {"name": "Somebody", "email": email, "password1": PASSWORD}),
}


def seconds(path, form):
    client = Client(headers={"accept-language": "en"})
    began = time.perf_counter()
    answer = client.post(path, form)
    assert answer.status_code in {200, 302}
    return time.perf_counter() - began


def auc(some, others):
    """The chance that a try of one kind takes longer than one of the other; 0.5 when nothing can be told."""
    wins = sum((one > other) + 0.5 * (one == other) for one in some for other in others)
    return wins / (len(some) * len(others))


@pytest.mark.parametrize("door", DOORS)
def test_a_known_and_an_unknown_address_take_as_long(own_database, settings, door):
    settings.ACCOUNT_RATE_LIMITS = False
    path, form = DOORS[door]
    members = [joined(f"Known{number}") for number in range(10)]
    numbers = count()
    for user in members:  # connections, templates and translations are warm for both
        seconds(path, form(user.email))
    known, unknown, coin = [], [], random.Random(door)
    for number in range(TRIES):
        tries = [
            (known, form(members[number % 10].email)),
            (unknown, form(f"unknown{next(numbers)}@example.test")),
        ]
        # Whoever always came first would also bear whatever the machine does at such times.
        coin.shuffle(tries)
        for took, filled in tries:
            took.append(seconds(path, filled))
    score = auc(known, unknown)
    print(f"{door}: AUC {score:.3f}, {sum(known) / TRIES * 1000:.1f} ms and {sum(unknown) / TRIES * 1000:.1f} ms")
    assert abs(score - 0.5) <= 0.10
