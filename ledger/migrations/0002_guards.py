from django.conf import settings
from django.db import migrations

GUARDS = """
ALTER TABLE ledger_transaction ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

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

-- A balanced pair of entries added next year would change what was posted, as much as an UPDATE would.
CREATE FUNCTION ledger_transaction_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN ledger_transaction ON ledger_transaction.id = transaction_id
        WHERE xid <> pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'a transaction takes no entries after it was committed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_no_late_entries AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_transaction_is_closed();

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_accounts_stay BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_accounts_keep_their_name BEFORE UPDATE OF id, kind, owner, unit ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_accounts_stay_limited BEFORE UPDATE OF balance ON ledger_account
    FOR EACH ROW WHEN ((OLD.balance IS NULL) <> (NEW.balance IS NULL)) EXECUTE FUNCTION ledger_refuse();
"""

UNGUARDED = """
DROP TRIGGER ledger_accounts_stay_limited ON ledger_account;
DROP TRIGGER ledger_accounts_keep_their_name ON ledger_account;
DROP TRIGGER ledger_accounts_stay ON ledger_account;
DROP TRIGGER ledger_append_only ON ledger_transaction;
DROP TRIGGER ledger_append_only ON ledger_entry;
DROP FUNCTION ledger_refuse;
DROP TRIGGER ledger_no_late_entries ON ledger_entry;
DROP FUNCTION ledger_transaction_is_closed;
DROP TRIGGER ledger_entries_sum_to_zero ON ledger_entry;
DROP FUNCTION ledger_entry_must_balance;
ALTER TABLE ledger_transaction DROP COLUMN xid;
"""


def revoke(apps, schema_editor):
    """Take from the app's role what the stream's migration granted on every table: here it may only add."""
    role, connection = settings.APP_ROLE, schema_editor.connection
    if role == connection.settings_dict["USER"]:
        return
    quoted = connection.ops.quote_name(role)
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON ledger_account, ledger_transaction, ledger_entry FROM {quoted}")
    schema_editor.execute(f"GRANT UPDATE (balance) ON ledger_account TO {quoted}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("events", "0001_initial")]

    operations = [
        migrations.RunSQL(GUARDS, UNGUARDED),
        migrations.RunPython(revoke, migrations.RunPython.noop),
    ]
