import django.contrib.postgres.fields
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0002_groups'),
    ]

    operations = [
        migrations.AlterField(
            model_name='group',
            name='entry',
            field=models.CharField(choices=[('open', 'Open to everybody'), ('request', 'On request'), ('invited', 'By invitation'), ('paid', 'By buying a seat')], default='open', help_text='A group by invitation is shown to nobody else.', max_length=8, verbose_name='how one joins'),
        ),
        migrations.RemoveConstraint(
            model_name='group',
            name='a_group_is_joined_somehow',
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('entry__in', ['open', 'request', 'invited', 'paid'])), name='a_group_is_joined_somehow'),
        ),
        migrations.AddField(
            model_name='group',
            name='seat_key',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Concat(models.Value('seat:'), django.db.models.functions.comparison.Cast('id', models.CharField())), output_field=models.CharField(max_length=40), unique=True),
        ),
        # What a generated column is made of cannot be changed: it is taken away and made anew.
        migrations.RemoveField(
            model_name='group',
            name='audience',
        ),
        migrations.AddField(
            model_name='group',
            name='audience',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(entry='invited', then=models.Func(models.F('id'), output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None), template="ARRAY['group:' || (%(expressions)s)::text, 'invited:' || (%(expressions)s)::text, 'seat:' || (%(expressions)s)::text, 'staff']")), default=models.Func(output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None), template="ARRAY['public', 'members']::text[]")), output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
        ),
        migrations.AddField(
            model_name='groupmember',
            name='is_bought',
            field=models.BooleanField(default=False, verbose_name='bought seat'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.CheckConstraint(condition=models.Q(('role', 'member'), ('is_bought', False), _connector='OR'), name='who_keeps_a_group_does_not_buy_it'),
        ),
    ]
