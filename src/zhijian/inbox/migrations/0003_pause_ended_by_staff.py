from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_guards")]
    operations = [
        migrations.AddField(
            model_name="pause",
            name="ended_by_staff",
            field=models.BooleanField(default=False),
        ),
    ]
