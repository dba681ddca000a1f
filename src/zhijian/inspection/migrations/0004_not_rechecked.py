"""How many earlier findings a run could not re-check."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspection", "0003_recovering")]

    operations = [
        migrations.AddField(
            model_name="run", name="not_rechecked", field=models.PositiveIntegerField(default=0, db_default=0)
        ),
    ]
