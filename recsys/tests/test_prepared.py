"""Queries that are put together once give everybody their own rows."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import F, Value

from accounts import operations as people
from accounts.models import User
from core.audience import grants, keys
from core.audience.keys import hidden_authors
from forum import operations as forum
from forum.models import Thread
from recsys import kinds
from recsys.prepared import Among, Prepared

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


def test_it_is_put_together_once_and_asks_with_other_values(ada, ben, django_assert_num_queries):
    built = []

    def build(ids):
        built.append(ids)
        return User.objects.filter(Among(F("pk"), ids)).order_by("pk").values_list("name")

    asked = Prepared(build, ids="ids")
    with django_assert_num_queries(3):
        found = [asked.rows(ids=ids) for ids in ([ada.pk], [ada.pk, ben.pk], [])]
    assert (found, len(built)) == ([[("Ada",)], [("Ada",), ("Ben",)], []], 1)


class TestEachConnection:
    @pytest.fixture
    def asked(self):
        return self.marked("100 %")

    def marked(self, mark):
        return Prepared(
            lambda who, marks: User.objects.filter(pk=who).annotate(mark=Value(mark)).values_list("name", "mark"),
            who="id", marks="ids",
        )  # fmt: skip

    def statements(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, generic_plans + custom_plans FROM pg_prepared_statements WHERE name LIKE 'recsys_%'"
            )
            return dict(cursor.fetchall())

    def test_is_told_once_whoever_asks_how_often(self, asked, ada):
        assert [asked.rows(who=ada.pk, marks=[]) for _ in range(3)] == [[("Ada", "100 %")]] * 3
        assert self.statements()[asked._name] >= 3

    def test_tells_apart_what_differs_in_a_constant(self, asked, ada):
        found = [each.rows(who=ada.pk, marks=[]) for each in (asked, self.marked("99 %"))]
        assert found == [[("Ada", "100 %")], [("Ada", "99 %")]]

    def test_knows_it_still_when_a_transaction_was_undone(self, asked, ada):
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            asked.rows(who=ada.pk, marks=[])
            raise ZeroDivisionError
        assert asked.rows(who=ada.pk, marks=[]) == [("Ada", "100 %")]

    def test_that_is_new_is_told_anew(self, asked, ada):
        def ask_on_a_connection_of_its_own():
            try:
                return asked.rows(who=0, marks=[]), asked._name in self.statements()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            assert [pool.submit(ask_on_a_connection_of_its_own).result() for _ in range(2)] == [([], True)] * 2

    def test_is_told_nothing_where_connections_are_shared(self, ada, monkeypatch):
        monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
        never_told = self.marked("shared")
        assert never_told.rows(who=ada.pk, marks=[]) == [("Ada", "shared")]
        assert never_told._name not in self.statements()


def test_where_no_array_of_keys_stands_it_refuses(ada):
    with pytest.raises(ValueError, match="no array of keys"):
        Prepared(lambda keys: User.objects.filter(username=keys).values_list("pk"), keys="keys").rows(keys=["ada"])
