"""Groups of Ada's, one of each way of joining."""

import pytest

from .grouping import opened


@pytest.fixture
def group(ada):
    return opened(ada)


@pytest.fixture
def on_request(ada):
    return opened(ada, "request", "paper")


@pytest.fixture
def hidden(ada):
    return opened(ada, "invited", "quiet")


@pytest.fixture
def table(ada):
    """Seats cost ninety-nine yuan."""
    return opened(ada, "paid", "table", price=9900, currency="CNY")
