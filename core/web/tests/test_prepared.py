"""Queries that are put together once give everybody their own rows."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import F, Value

from accounts.models import User
from core.web.prepared import Among, Prepared

pytestmark = pytest.mark.django_db


def test_it_is_put_together_once_and_asks_with_other_values(ada, ben, django_assert_num_queries):
    built = []

    def build(ids):
        built.append(ids)
        return User.objects.filter(Among(F("pk"), ids)).order_by("pk").values_list("name")

    asked = Prepared(build, ids="ids")
    with django_assert_num_queries(3):
        found = [asked.rows(ids=ids) for ids in ([ada.pk], [ada.pk, ben.pk], [])]
    assert (found, len(built)) == ([[("Ada",)], [("Ada",), ("Ben",)], []], 1)


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_statement_in_sql_is_asked_with_its_arguments_wherever_they_stand(ada, ben, is_shared, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", is_shared)
    asked = Prepared.of_sql(
        "SELECT name, %(mark)s FROM accounts_user WHERE id = %(who)s AND name <> %(mark)s", who="id", mark="text"
    )
    found = [asked.rows(who=who, mark=mark) for who, mark in ((ada.pk, "100 %"), (ben.pk, "Ada"), (ben.pk, "Ben"))]
    assert found == [[("Ada", "100 %")], [("Ben", "Ada")], []]


@pytest.mark.parametrize("is_shared", [False, True])
def test_what_takes_nothing_is_asked_all_the_same(ada, is_shared, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", is_shared)
    assert Prepared(lambda: User.objects.filter(pk=ada.pk).values_list("name")).rows() == [("Ada",)]


@pytest.mark.parametrize("is_shared", [False, True])
def test_two_of_the_same_columns_are_one_statement(ada, ben, is_shared, monkeypatch, django_assert_num_queries):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", is_shared)
    by_id = Prepared(lambda who: User.objects.filter(pk=who).order_by("pk").values_list("pk", "name"), who="id")
    both = by_id.beside(Prepared.of_sql("SELECT %(who)s, %(mark)s::text LIMIT 1", who="id", mark="text"))
    both.rows(who=ada.pk, mark="first")
    with django_assert_num_queries(1):
        assert sorted(both.rows(who=ben.pk, mark="A mark")) == [(ben.pk, "A mark"), (ben.pk, "Ben")]


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
                "SELECT name, generic_plans + custom_plans FROM pg_prepared_statements WHERE name LIKE 'lyceum_%'"
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
