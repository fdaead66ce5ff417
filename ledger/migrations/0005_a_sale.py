from django.db import migrations

# One posting between accounts without a limit is what every sale is: it needs no join to know to which transaction its lines belong.
SINGLE = """
CREATE OR REPLACE FUNCTION ledger_write(
    keys text[], kinds text[], reversed bigint[], moments timestamptz[], memos text[],
    line_keys text[], accounts bigint[], amounts bigint[], limited bigint[]
) RETURNS SETOF ledger_transaction LANGUAGE plpgsql AS $$
DECLARE
    single ledger_transaction;
BEGIN
    IF cardinality(keys) = 1 AND cardinality(limited) = 0 THEN
        INSERT INTO ledger_transaction (key, kind, reverses_id, happened_at, memo_code)
        VALUES (keys[1], kinds[1], reversed[1], moments[1], memos[1])
        ON CONFLICT DO NOTHING RETURNING * INTO single;
        IF FOUND THEN
            INSERT INTO ledger_entry (transaction_id, account_id, amount)
            SELECT single.id, given.account, given.amount FROM unnest(accounts, amounts) AS given (account, amount);
            RETURN NEXT single;
        END IF;
    ELSIF cardinality(limited) = 0 THEN
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

MANY = """
CREATE OR REPLACE FUNCTION ledger_write(
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


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_one_call")]
    operations = [migrations.RunSQL(SINGLE, MANY)]
