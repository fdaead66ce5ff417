from django.db import migrations

TWO_LEVELS = """
CREATE FUNCTION topics_two_levels() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NOT NULL AND (
        EXISTS (SELECT FROM topics_topic WHERE id = NEW.parent_id AND parent_id IS NOT NULL)
        OR EXISTS (SELECT FROM topics_topic WHERE parent_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'the topic tree has two levels, and % would make a third', NEW.slug
            USING ERRCODE = 'check_violation', CONSTRAINT = 'topics_two_levels';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER topics_two_levels BEFORE INSERT OR UPDATE OF parent_id ON topics_topic
    FOR EACH ROW EXECUTE FUNCTION topics_two_levels();
"""

DROP = "DROP TRIGGER topics_two_levels ON topics_topic; DROP FUNCTION topics_two_levels;"


class Migration(migrations.Migration):
    dependencies = [("topics", "0002_signposts")]

    operations = [migrations.RunSQL(TWO_LEVELS, DROP)]
