from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="seconds",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="length in seconds"),
        )
    ]
