"""Kinds of accounts for tests, and the counts that a stateful test leaves behind, printed at the end of the run."""

import os

import psycopg2
import pytest

import ledger

ledger.register_kind("tests.purse", is_limited=True)
ledger.register_kind("tests.house", is_limited=False)


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == "rules fired":
                terminalreporter.write_line(f"{report.nodeid}: {value}")


@pytest.fixture
def owner(own_database):
    """A connection with the rights of the tables' owner, past which only triggers and constraints stand."""
    made = psycopg2.connect(os.environ["MIGRATE_DATABASE_URL"], dbname=own_database)
    yield made
    made.close()
