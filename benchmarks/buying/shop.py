"""A shop with a till, the rows that one purchase leaves behind, and a journal that is as full as asked for."""

from collections import defaultdict
from typing import Any

from django.db import connection

from accounts.models import User
from payments import operations, providers
from payments.models import Product, WebhookEvent
from payments.providers import Status
from payments.tests.playing import Till, body_of, message, signature

Rows = list[list[tuple[str, list[str], list[str | None]]]]
"""Transactions of rows: each a table, its columns and their values as text."""

PRODUCTS = 20
TILL = Till()


def furnish(*, buyers: int) -> None:
    """Twenty courses by one teacher, and people who have bought nothing yet."""
    teacher = User.objects.create(email="ada@example.test", username="ada", handle_skeleton="ada", name="Ada")
    User.objects.bulk_create(
        User(email=f"b{n}@example.test", username=f"buyer{n}", handle_skeleton=f"buyer{n}", name=f"Buyer {n}")
        for n in range(buyers)
    )
    for number in range(PRODUCTS):
        operations.set_price(
            kind="book", subject=f"course:{number + 1}", title="Coffee", amount=19900, currency="CNY", creator=teacher, by=teacher
        )  # fmt: skip


def open_till() -> list[int]:
    """Let the till be a provider of this process; return what is sold."""
    providers.register(TILL)
    return list(Product.objects.order_by("pk").values_list("pk", flat=True))


def purchase(*, buyer: User, product_id: int) -> None:
    """Everything from the click to the access: order, attempt, the provider's signed message, its working off."""
    _order, payment = operations.check_out(buyer=buyer, product_ids=[product_id], provider=TILL.name)
    if payment is None or payment.provider_id is None:
        raise RuntimeError("no payment was begun")
    seen = TILL.happens(payment.provider_id, Status.PAID)
    event = message(seen, id=f"evt_{payment.pk}")
    body = body_of(event)
    operations.receive(provider=TILL.name, headers={"Sandbox-Signature": signature(body)}, body=body)
    kept = WebhookEvent.objects.values_list("pk", flat=True).get(event_id=event["id"])
    outcome = operations.work_off(event_id=kept)
    if outcome != "taken":
        raise RuntimeError(f"the purchase ended as {outcome}")


def rows_of_a_purchase(*, buyer: User, product_id: int) -> Rows:
    """The rows that one more purchase inserts, by the transaction that last wrote them."""
    before = {table: _last(table) for table in _tables()}
    purchase(buyer=buyer, product_id=product_id)
    found: dict[int, list[tuple[str, list[str], list[str | None]]]] = defaultdict(list)
    for table, last in before.items():
        for xmin, columns, values in _since(table, last):
            found[xmin].append((table, columns, values))
    return [found[xmin] for xmin in sorted(found)]


def make_bare(rows: Rows) -> list[str]:
    """Statements for plain tables of the same columns, without index, constraint or trigger."""
    tables = sorted({table for transaction in rows for table, _, _ in transaction})
    return [
        statement
        for table in tables
        for statement in (
            f"CREATE TABLE bare_{table} AS SELECT * FROM {table} LIMIT 0",
            f"GRANT ALL ON bare_{table} TO lyceum_app",
        )
    ]


FILL = """
    INSERT INTO ledger_account (kind, owner, unit) VALUES ('platform', 'past', 'CNY'), ('customers', 'past', 'CNY') ON CONFLICT DO NOTHING;
    ALTER TABLE ledger_entry DISABLE TRIGGER USER;
    INSERT INTO ledger_transaction (key, kind, happened_at, memo_code)
        SELECT 'past:' || n, 'sale', now(), '' FROM generate_series(1, {last}) AS n;
    INSERT INTO ledger_entry (transaction_id, account_id, amount)
        SELECT made.id, account.id, CASE account.kind WHEN 'platform' THEN 100 ELSE -100 END
        FROM ledger_transaction AS made, ledger_account AS account
        WHERE made.key LIKE 'past:%' AND account.owner = 'past';
    ALTER TABLE ledger_entry ENABLE TRIGGER USER;
"""
"""Entries of the past, two for each transaction; they balance, so the trigger that would say so is left out while they are written."""


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) "
            "WHERE table_schema = 'public' AND column_name = 'id' AND data_type IN ('bigint', 'integer') AND table_type = 'BASE TABLE' "
            "AND table_name !~ '^(bare_|events_fact_)'"
        )
        return [name for (name,) in cursor]


def _last(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        (found,) = cursor.fetchone()
    return int(found)


def _since(table: str, last: int) -> list[tuple[int, list[str], list[Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        columns = [column.name for column in cursor.description]
        listed = ", ".join(f'"{name}"::text' for name in columns)
        cursor.execute(f"SELECT xmin::text::bigint, {listed} FROM {table} WHERE id > %s", [last])
        return [(xmin, columns, list(values)) for xmin, *values in cursor]
