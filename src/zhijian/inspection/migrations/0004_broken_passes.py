"""How many passes over earlier findings a run could not end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspection", "0003_recovering")]

    operations = [
        migrations.AddField(model_name="run", name="broken", field=models.PositiveSmallIntegerField(default=0)),
    ]
