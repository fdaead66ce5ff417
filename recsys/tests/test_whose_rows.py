"""The rows of items are asked for by a query that is put together once, and everybody gets what is theirs."""

import pytest

from accounts import operations as people
from accounts.models import User
from core.audience import grants, keys
from core.audience.keys import hidden_authors
from forum import operations as forum
from forum.models import Thread
from recsys import kinds

pytestmark = pytest.mark.django_db


def seen_by(user, threads):
    """What ``user`` may see of ``threads``, as a request finds it, and as the rule says without being prepared."""
    ids = [one.pk for one in threads]
    items = kinds.of_rooms(User.objects.get(pk=user.pk), {"thread": ids})
    by_rule = Thread.objects.open_to(User.objects.get(pk=user.pk)).filter(pk__in=ids)
    return sorted(item.title for item in items), sorted(by_rule.values_list("title", flat=True))


@pytest.mark.leak
class TestTheRule:
    @pytest.fixture
    def threads(self, ada, ben, cleo, monkeypatch):
        monkeypatch.setattr(keys, "_grants", list(keys._grants))
        grants(lambda viewer: ["course:7"] if viewer.pk == ben.pk else [])
        said = (
            ("Open to all", ada, "public"),
            ("Behind course seven", ada, "course:7"),
            ("Of Cleo alone", cleo, f"user:{cleo.pk}"),
        )
        return [
            forum.start_thread(by=by, title=title, source="The canary.", audience=[key], language="en")
            for title, by, key in said
        ]

    def test_whoever_asks_first_everybody_gets_what_is_theirs(self, threads, ada, ben, cleo):
        found = {user.name: seen_by(user, threads) for user in (ben, cleo, ada, ben)}
        assert {name: items for name, (items, _) in found.items()} == {
            "Ben": ["Behind course seven", "Open to all"], "Cleo": ["Of Cleo alone", "Open to all"], "Ada": ["Open to all"],
        }  # fmt: skip
        assert [items == by_rule for items, by_rule in found.values()] == [True] * 3

    def test_what_one_has_written_and_was_hidden_is_seen_by_oneself(self, threads, ada, ben):
        Thread.objects.filter(pk=threads[0].pk).update(hidden_at="2026-01-01T00:00Z")
        assert [seen_by(user, threads)[0] for user in (ben, ada)] == [["Behind course seven"], ["Open to all"]]

    @pytest.mark.parametrize("act", ["mute", "block"])
    def test_from_whom_authors_are_hidden_they_stay_hidden(self, threads, ada, ben, act):
        assert seen_by(ben, threads)[0] == ["Behind course seven", "Open to all"]
        getattr(people, act)(member=ada, by=ben)
        assert hidden_authors(User.objects.get(pk=ben.pk)) == {ada.pk}
        assert seen_by(ben, threads) == ([], [])

    def test_a_guest_sees_what_is_public(self, threads, page_of):
        from django.contrib.auth.models import AnonymousUser

        assert [item.title for item in kinds.of_rooms(AnonymousUser(), {"thread": [one.pk for one in threads]})] == [
            "Open to all"
        ]
