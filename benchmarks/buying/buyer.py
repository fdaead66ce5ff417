"""
One connection that buys, in a process of its own: reads ``MODE SECONDS``, prints how many were committed and how long each took.

``purchase`` and ``post`` are ours. ``rows`` and ``plain`` insert the same rows into plain tables, in as many transactions, by the
same driver and nothing else; ``same`` inserts those of a posting where they belong, by somebody who knows the accounts beforehand.
"""

import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

import django

django.setup()

from django.db import connection, transaction
from django.utils import timezone

import ledger.operations
from accounts.models import User
from benchmarks.buying import shop
from ledger.rules import AccountName, Line

LINES = [
    Line(AccountName("customers", "till", "CNY"), -19900),
    Line(AccountName("provider_fees", "till", "CNY"), 119),
    Line(AccountName("creator", "user:1", "CNY"), 15920),
    Line(AccountName("platform", "house", "CNY"), 3861),
]


def main(number: int, first_buyer: int, buyers: int, rows_file: str) -> None:
    """Obey until there is nothing more to read."""
    products, rows = shop.open_till(), json.loads(Path(rows_file).read_text())
    people = iter(User.objects.filter(pk__gte=first_buyer).order_by("pk")[:buyers])
    keys = (f"bench:{number}:{n}" for n in itertools.count())
    entries = [
        [row for transaction_ in rows for row in transaction_ if row[0] in {"ledger_transaction", "ledger_entry"}]
    ]
    accounts = accounts_of_a_sale()
    acts: dict[str, Callable[[], None]] = {
        "purchase": lambda: shop.purchase(buyer=next(people), product_id=products[number % len(products)]),
        "post": lambda: post(next(keys)),
        "rows": lambda: insert(rows),
        "plain": lambda: insert(entries),
        "same": lambda: insert_where_they_belong(next(keys), accounts),
    }
    connection.ensure_connection()
    print("ready", flush=True)
    for line in sys.stdin:
        mode, seconds = line.split()
        print(json.dumps(repeat(acts[mode], float(seconds))), flush=True)


def repeat(act: Callable[[], None], seconds: float) -> list[float]:
    """How long each took, in milliseconds, for as long as there is time."""
    took, began = [], time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        act()
        took.append((time.perf_counter() - now) * 1000)
    return took


def post(key: str) -> None:
    """The four entries of a sale, as an operation posts them."""
    with transaction.atomic():
        ledger.operations.post(key=key, kind="sale", lines=LINES)


def insert(transactions: shop.Rows) -> None:
    """The same rows into plain tables."""
    own = connection.connection
    own.autocommit = False
    with own.cursor() as cursor:
        for rows in transactions:
            for table, columns, values in rows:
                names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
                cursor.execute(f"INSERT INTO bare_{table} ({names}) VALUES ({marks})", values)
            own.commit()
    own.autocommit = True


def accounts_of_a_sale() -> list[int]:
    """The ids of the accounts in ``LINES``, opened where they are missing."""
    with transaction.atomic():
        made = ledger.operations.post(key="bench:accounts", kind="sale", lines=LINES)
    return list(made.entries.order_by("pk").values_list("account_id", flat=True))


SALE = "INSERT INTO ledger_transaction (key, kind, happened_at, memo_code) VALUES (%s, 'sale', %s, '') RETURNING id"
ENTRIES = "INSERT INTO ledger_entry (transaction_id, account_id, amount) VALUES " + ", ".join(
    ["(%s, %s, %s)"] * len(LINES)
)


def insert_where_they_belong(key: str, accounts: list[int]) -> None:
    """The rows of one sale in the journal's own tables, with their indexes, constraints and checks."""
    own = connection.connection
    own.autocommit = False
    with own.cursor() as cursor:
        cursor.execute(SALE, [key, timezone.now()])
        (sale,) = cursor.fetchone()
        cursor.execute(
            ENTRIES,
            [cell for account, line in zip(accounts, LINES, strict=True) for cell in (sale, account, line.amount)],
        )
    own.commit()
    own.autocommit = True


if __name__ == "__main__":
    number, first_buyer, buyers, rows_file = sys.argv[1:]
    main(int(number), int(first_buyer), int(buyers), rows_file)
