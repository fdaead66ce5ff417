"""The states of a payment, the edges between them, and what a person may choose at the till."""

from enum import StrEnum


class Status(StrEnum):
    OPEN = "open"
    AUTHENTICATING = "authenticating"
    DECLINED = "declined"
    PAID = "paid"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class Choice(StrEnum):
    APPROVE = "approve"
    DECLINE = "decline"
    CHALLENGE = "challenge"
    SLOW = "slow"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
    WRONG_AMOUNT = "wrong_amount"
    CHARGEBACK = "chargeback"
    LOST = "lost"


# A declined payment is not at its end: the person may take out another card.
PAYABLE = frozenset({Status.OPEN, Status.AUTHENTICATING, Status.DECLINED})
EDGES = {
    Status.OPEN: frozenset({Status.AUTHENTICATING, Status.DECLINED, Status.PAID}),
    Status.AUTHENTICATING: frozenset({Status.AUTHENTICATING, Status.DECLINED, Status.PAID}),
    Status.DECLINED: frozenset({Status.AUTHENTICATING, Status.DECLINED, Status.PAID}),
    Status.PAID: frozenset({Status.REFUNDED, Status.DISPUTED}),
    Status.REFUNDED: frozenset[Status](),
    Status.DISPUTED: frozenset[Status](),
}

COPIES_OF_A_DUPLICATE = 3
ONE_TIME_CODE = "246810"
WRONG_CODES_ALLOWED = 3
