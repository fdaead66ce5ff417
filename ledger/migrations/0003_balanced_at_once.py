from django.db import migrations

# Entries come with all of their transaction in one statement, so that what is added can be summed once, from memory. The deferred
# check read each transaction again for each of its entries, which took most of the time of a batch.
AT_ONCE = """
DROP TRIGGER ledger_entries_sum_to_zero ON ledger_entry;
DROP FUNCTION ledger_entry_must_balance;
CREATE FUNCTION ledger_entries_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER ledger_entries_sum_to_zero AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_must_balance();
"""

AT_COMMIT = """
DROP TRIGGER ledger_entries_sum_to_zero ON ledger_entry;
DROP FUNCTION ledger_entries_must_balance;
CREATE FUNCTION ledger_entry_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ledger_entry JOIN ledger_account ON ledger_account.id = account_id
        WHERE transaction_id = NEW.transaction_id GROUP BY unit HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'transaction % does not sum to zero', NEW.transaction_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_sum_to_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entries_sum_to_zero AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_must_balance();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]
    operations = [migrations.RunSQL(AT_ONCE, AT_COMMIT)]
