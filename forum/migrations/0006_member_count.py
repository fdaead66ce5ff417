from django.db import migrations, models

# How many are in a group was counted at each look, of every group that a page might name: of large groups that took longer than all
# else on the page. Steps and not sums are written, so that of two who come at once both are counted.
COUNTED = """
UPDATE forum_group SET member_count = there.number
FROM (SELECT group_id, count(*) AS number FROM forum_groupmember GROUP BY group_id) AS there WHERE id = there.group_id;

CREATE FUNCTION forum_group_counts_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        UPDATE forum_group SET member_count = member_count + came.number
        FROM (SELECT group_id, count(*) AS number FROM added GROUP BY group_id) AS came WHERE id = came.group_id;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE forum_group SET member_count = member_count - went.number
        FROM (SELECT group_id, count(*) AS number FROM gone GROUP BY group_id) AS went WHERE id = went.group_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER forum_group_counts_who_came AFTER INSERT ON forum_groupmember
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION forum_group_counts_members();
CREATE TRIGGER forum_group_counts_who_went AFTER DELETE ON forum_groupmember
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forum_group_counts_members();
CREATE TRIGGER forum_group_counts_who_moved AFTER UPDATE ON forum_groupmember
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION forum_group_counts_members();
"""

UNCOUNTED = """
DROP TRIGGER forum_group_counts_who_moved ON forum_groupmember;
DROP TRIGGER forum_group_counts_who_went ON forum_groupmember;
DROP TRIGGER forum_group_counts_who_came ON forum_groupmember;
DROP FUNCTION forum_group_counts_members;
"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0005_newest_talk")]
    operations = [
        migrations.AddField(
            model_name="group",
            name="member_count",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="members"),
        ),
        migrations.RunSQL(COUNTED, UNCOUNTED),
    ]
