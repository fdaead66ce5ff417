import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gamification', '0002_first_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Total',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.BigIntegerField(default=0, verbose_name='points')),
                ('times', models.BigIntegerField(default=0, verbose_name='times')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gamification.rule', verbose_name='rule')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='member')),
            ],
            options={
                'verbose_name': 'total of a rule',
                'verbose_name_plural': 'totals of rules',
                'constraints': [models.UniqueConstraint(fields=('user', 'rule'), name='one_total_a_rule')],
            },
        ),
        migrations.RunSQL(
            "INSERT INTO gamification_total (user_id, rule_id, points, times) "
            "SELECT user_id, rule_id, sum(points), sum(times) FROM gamification_tally GROUP BY user_id, rule_id",
            migrations.RunSQL.noop,
        ),
    ]
