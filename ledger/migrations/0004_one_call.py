from django.db import migrations

# A connection keeps the plans of these checks. A join that was planned while the journal was small goes on reading all of it when it
# has grown; what is asked of each entry by itself is found by its primary key, whenever it was planned.
FLAT = """
CREATE OR REPLACE FUNCTION ledger_entries_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unbalanced bigint;
BEGIN
    SELECT transaction_id INTO unbalanced
    FROM (
        SELECT transaction_id, amount, (SELECT unit FROM ledger_account WHERE ledger_account.id = added.account_id) AS unit FROM added
    ) AS entry
    GROUP BY transaction_id, unit HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transaction % does not sum to zero', unbalanced
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_sum_to_zero';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ledger_transaction_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added
        WHERE (SELECT xid FROM ledger_transaction WHERE ledger_transaction.id = added.transaction_id) <> pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'a transaction takes no entries after it was committed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

JOINED = """
CREATE OR REPLACE FUNCTION ledger_entries_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unbalanced bigint;
BEGIN
    SELECT transaction_id INTO unbalanced
    FROM added JOIN ledger_account ON ledger_account.id = account_id
    GROUP BY transaction_id, unit HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transaction % does not sum to zero', unbalanced
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_sum_to_zero';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ledger_transaction_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN ledger_transaction ON ledger_transaction.id = transaction_id
        WHERE xid <> pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'a transaction takes no entries after it was committed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

# The statement that writes is long to plan and always the same: inside a function each connection plans it once. The order of its
# parts does not matter to Postgres; the checks run when all of it is done.
WRITE = """
CREATE FUNCTION ledger_write(
    keys text[], kinds text[], reversed bigint[], moments timestamptz[], memos text[],
    line_keys text[], accounts bigint[], amounts bigint[], limited bigint[]
) RETURNS SETOF ledger_transaction LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(limited) = 0 THEN
        RETURN QUERY WITH made AS (
            INSERT INTO ledger_transaction (key, kind, reverses_id, happened_at, memo_code)
            SELECT * FROM unnest(keys, kinds, reversed, moments, memos)
            ON CONFLICT DO NOTHING RETURNING *
        ), entered AS (
            INSERT INTO ledger_entry (transaction_id, account_id, amount)
            SELECT made.id, given.account, given.amount
            FROM unnest(line_keys, accounts, amounts) WITH ORDINALITY AS given (key, account, amount, place)
            JOIN made USING (key) ORDER BY given.place
        )
        SELECT * FROM made;
    ELSE
        RETURN QUERY WITH made AS (
            INSERT INTO ledger_transaction (key, kind, reverses_id, happened_at, memo_code)
            SELECT * FROM unnest(keys, kinds, reversed, moments, memos)
            ON CONFLICT DO NOTHING RETURNING *
        ), line AS (
            SELECT made.id AS transaction_id, given.account, given.amount, given.place
            FROM unnest(line_keys, accounts, amounts) WITH ORDINALITY AS given (key, account, amount, place)
            JOIN made USING (key)
        ), moved AS (
            UPDATE ledger_account SET balance = balance + change.amount
            FROM (SELECT account, sum(amount) AS amount FROM line WHERE account = ANY (limited) GROUP BY account) AS change
            WHERE ledger_account.id = change.account
        ), entered AS (
            INSERT INTO ledger_entry (transaction_id, account_id, amount)
            SELECT transaction_id, account, amount FROM line ORDER BY place
        )
        SELECT * FROM made;
    END IF;
END $$;
"""
NO_WRITE = "DROP FUNCTION ledger_write;"

# Django makes it for searches by prefix, which nobody asks of a key; it was an eighth of the price of a transaction's row.
LIGHTER = "DROP INDEX IF EXISTS ledger_transaction_key_70016b4e_like;"
HEAVIER = "CREATE INDEX ledger_transaction_key_70016b4e_like ON ledger_transaction (key varchar_pattern_ops);"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_balanced_at_once")]
    operations = [
        migrations.RunSQL(FLAT, JOINED),
        migrations.RunSQL(WRITE, NO_WRITE),
        migrations.RunSQL(LIGHTER, HEAVIER),
    ]
