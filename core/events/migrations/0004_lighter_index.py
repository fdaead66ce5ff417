from django.db import migrations

# A new fact has no position yet, and its place among those without one was an index entry that nobody reads: what waits has an
# index of its own.
LIGHTER = """
DROP INDEX events_fact_position;
CREATE INDEX events_fact_position ON events_fact (position) WHERE position IS NOT NULL;
"""
HEAVIER = """
DROP INDEX events_fact_position;
CREATE INDEX events_fact_position ON events_fact (position);
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0003_late_partitions")]
    operations = [migrations.RunSQL(LIGHTER, HEAVIER)]
