from django.conf import settings
from django.db import migrations

GUARDS = """
-- Runs at the commit, when the transaction asks for no further lock, so that acts never wait for each other in a circle.
-- The lock is taken in a statement of its own: the next one then sees the link of whoever held it before.
CREATE FUNCTION audit_seal_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7201845332);
    INSERT INTO audit_auditseal (number, entry_id, hash)
    SELECT coalesce(max(number), 0) + 1, NEW.id, encode(sha256(convert_to(
        coalesce((SELECT hash FROM audit_auditseal ORDER BY number DESC LIMIT 1), repeat('0', 64)) || NEW.digest, 'UTF8'
    )), 'hex')
    FROM audit_auditseal;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER audit_sealed AFTER INSERT ON audit_auditentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_seal_entry();

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the audit log is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""

UNGUARDED = """
DROP TRIGGER audit_append_only ON audit_auditseal;
DROP TRIGGER audit_append_only ON audit_auditentry;
DROP FUNCTION audit_refuse;
DROP TRIGGER audit_sealed ON audit_auditentry;
DROP FUNCTION audit_seal_entry;
"""


def revoke(apps, schema_editor):
    """Take from the app's role what the stream's migration granted on every table: here it may only add."""
    role, connection = settings.APP_ROLE, schema_editor.connection
    if role == connection.settings_dict["USER"]:
        return
    quoted = connection.ops.quote_name(role)
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_auditentry, audit_auditseal FROM {quoted}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("events", "0001_initial")]

    operations = [
        migrations.RunSQL(GUARDS, UNGUARDED),
        migrations.RunPython(revoke, migrations.RunPython.noop),
    ]
