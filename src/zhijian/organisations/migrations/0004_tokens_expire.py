from datetime import timedelta

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """Keys made before, and keys the older release makes meanwhile, are good for ninety days more."""

    dependencies = [
        ('organisations', '0003_separate_administrators'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='expires_at',
            field=models.DateTimeField(db_default=Now() + timedelta(days=90), verbose_name='有效期至'),
        ),
    ]
