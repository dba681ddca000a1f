"""Why findings in a service are none, as who made it public wrote it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='service',
            name='override_reason',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
    ]
