"""Kinds of accounts for tests, and the rights of the tables' owner."""

import os

import psycopg2
import pytest

import ledger

ledger.register_kind("tests.purse", is_limited=True)
ledger.register_kind("tests.house", is_limited=False)


@pytest.fixture
def owner(own_database):
    """A connection with the rights of the tables' owner, past which only triggers and constraints stand."""
    made = psycopg2.connect(os.environ["MIGRATE_DATABASE_URL"], dbname=own_database)
    yield made
    made.close()
