"""The journal at the desk, which is read by people who do not know its codes."""

import pytest
from django.utils import translation

from ledger import words
from ledger.rules import kinds


def test_every_account_that_a_room_keeps_has_words():
    kept = {kind for kind in kinds() if not kind.startswith("tests.")}
    assert kept
    assert words.named_accounts() == kept


@pytest.mark.parametrize(
    ("language", "kind", "said"),
    [
        ("en", "sale", "Sale"),
        ("zh-hans", "sale", "售出"),
        ("en", "vote_received", "Somebody found a post useful"),
        ("zh-hans", "vote_received.reversed", "撤回：有人觉得有用"),
        ("zh-hans", "nobody.names.this", "nobody.names.this"),
    ],
)
def test_a_transaction_is_read_in_words(language, kind, said):
    with translation.override(language):
        assert words.transaction(kind) == said
