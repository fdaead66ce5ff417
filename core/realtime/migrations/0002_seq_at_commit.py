from django.db import migrations

# The number is given at the very end of the writing transaction, by a deferred trigger: the counter row is then the last lock
# taken, for as short a time as can be, and several streams are locked in ascending order. The first message whose trigger
# fires numbers all messages of its transaction; for the others nothing is left to do.
TRIGGER = """
ALTER TABLE realtime_message ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE FUNCTION realtime_number_messages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one record;
    last_seq bigint;
BEGIN
    IF (SELECT seq FROM realtime_message WHERE id = NEW.id) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    FOR one IN
        SELECT id, stream FROM realtime_message
        WHERE seq IS NULL AND xid = pg_current_xact_id()
        ORDER BY stream COLLATE "C", id
    LOOP
        INSERT INTO realtime_stream (name, seq) VALUES (one.stream, 1)
        ON CONFLICT (name) DO UPDATE SET seq = realtime_stream.seq + 1
        RETURNING seq INTO last_seq;
        UPDATE realtime_message SET seq = last_seq WHERE id = one.id;
    END LOOP;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER realtime_number_messages AFTER INSERT ON realtime_message
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION realtime_number_messages();
CREATE INDEX realtime_message_unnumbered ON realtime_message (xid) WHERE seq IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("realtime", "0001_initial")]
    operations = [
        migrations.RunSQL(
            TRIGGER,
            "ALTER TABLE realtime_message DROP COLUMN xid;"
            "DROP INDEX IF EXISTS realtime_message_unnumbered; DROP TRIGGER realtime_number_messages ON realtime_message;"
            "DROP FUNCTION realtime_number_messages;",
        )
    ]
