"""Short names for what the tests post."""

from ledger import AccountName, Line
from ledger.operations import post

HOUSE = AccountName("tests.house", "house", "PTS")
BEN = AccountName("tests.purse", "user:2", "PTS")
CLEO = AccountName("tests.purse", "user:3", "PTS")


def moving(amount, *, to, source=HOUSE):
    return [Line(source, -amount), Line(to, amount)]


def fund(account, amount, *, key="fund"):
    return post(
        key=f"{key}:{account.owner}",
        kind="funded",
        lines=moving(amount, to=account, source=HOUSE._replace(unit=account.unit)),
    )
