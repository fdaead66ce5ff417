from django.db import migrations

from gamification.rules import FIRST_BADGES, FIRST_LEVELS, FIRST_RULES


def make(apps, schema_editor):
    """Give a new school rules, badges and levels to begin with; what is there already stays."""
    rules = apps.get_model("gamification", "Rule").objects
    for one in FIRST_RULES:
        rules.get_or_create(
            code=one.code,
            defaults={"points": one.points, "times_a_day": one.times_a_day, "name_zh": one.name_zh, "name_en": one.name_en},
        )
    for one in FIRST_BADGES:
        fields = {name: getattr(one, name) for name in ("times", "name_zh", "name_en", "why_zh", "why_en")}
        badges = apps.get_model("gamification", "Badge").objects
        badges.get_or_create(code=one.code, defaults={**fields, "rule": rules.get(code=one.rule)})
    for one in FIRST_LEVELS:
        levels = apps.get_model("gamification", "Level").objects
        levels.get_or_create(number=one.number, defaults={"points": one.points, "name_zh": one.name_zh, "name_en": one.name_en})


class Migration(migrations.Migration):
    dependencies = [("gamification", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
