"""What a process holds for some seconds."""

from itertools import count

import pytest

from core.web import held
from core.web.held import Held


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is set."""
    now = [100.0]
    monkeypatch.setattr(held.time, "monotonic", lambda: now[0])
    return now


def test_it_is_made_once_until_it_is_too_old(clock):
    numbers = Held(count().__next__, seconds=10)
    young = [numbers.get(), numbers.get()]
    clock[0] += 10
    assert (young, numbers.get(), numbers.get()) == ([0, 0], 1, 1)


def test_what_is_made_anew_is_held_from_then_on(clock):
    numbers = Held(count().__next__, seconds=10)
    numbers.get()
    clock[0] += 9
    assert numbers.anew() == 1
    clock[0] += 9
    assert numbers.get() == 1


def test_whoever_asks_gets_the_very_same():
    one = Held(list, seconds=10)
    assert one.get() is one.get()


def test_what_cannot_be_made_is_asked_for_again():
    answers = iter([ZeroDivisionError, 7])

    def make():
        answer = next(answers)
        if answer is ZeroDivisionError:
            raise answer
        return answer

    one = Held(make, seconds=10)
    with pytest.raises(ZeroDivisionError):
        one.get()
    assert one.get() == 7


def test_all_of_it_is_forgotten_where_that_is_asked():
    one, other = Held(count().__next__, seconds=10), Held(count().__next__, seconds=10)
    before = one.get(), other.get()
    Held.forget_all()
    assert (before, one.get(), other.get()) == ((0, 0), 1, 1)
