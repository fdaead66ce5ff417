"""Postgres itself refuses to change or delete what somebody consented to."""

from django.conf import settings
from django.db import migrations

GUARD = """
CREATE FUNCTION accounts_consents_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a consent is never changed or deleted';
END $$;
CREATE TRIGGER accounts_consents_stay BEFORE UPDATE OR DELETE ON accounts_consent
FOR EACH ROW EXECUTE FUNCTION accounts_consents_stay();
CREATE TRIGGER accounts_consents_stay_all BEFORE TRUNCATE ON accounts_consent
FOR EACH STATEMENT EXECUTE FUNCTION accounts_consents_stay();
"""
UNGUARD = """
DROP TRIGGER accounts_consents_stay_all ON accounts_consent;
DROP TRIGGER accounts_consents_stay ON accounts_consent;
DROP FUNCTION accounts_consents_stay;
"""


def revoke(apps, schema_editor):
    """Take the right away too; the trigger alone would fall to whoever may disable it."""
    if settings.APP_ROLE != schema_editor.connection.settings_dict["USER"]:
        role = schema_editor.connection.ops.quote_name(settings.APP_ROLE)
        schema_editor.execute(f"REVOKE UPDATE, DELETE ON accounts_consent FROM {role}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD), migrations.RunPython(revoke, migrations.RunPython.noop)]
