from django.conf import settings
from django.db import migrations

GUARD = """
CREATE FUNCTION payments_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what happened to an order stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER payments_history_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_orderhistory
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
"""
UNGUARDED = """
DROP TRIGGER payments_history_stays ON payments_orderhistory;
DROP FUNCTION payments_refuse;
"""


def revoke(apps, schema_editor):
    """Take from the app's role what the stream's migration granted on every table: here it may only add."""
    role, connection = settings.APP_ROLE, schema_editor.connection
    if role != connection.settings_dict["USER"]:
        quoted = connection.ops.quote_name(role)
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON payments_orderhistory FROM {quoted}")


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("events", "0001_initial")]

    operations = [
        migrations.RunSQL(GUARD, UNGUARDED),
        migrations.RunPython(revoke, migrations.RunPython.noop),
    ]
