"""A picture that is itself at fault is told apart from one the reader failed on."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0003_pictures'),
    ]

    operations = [
        migrations.AddField(
            model_name='picturelook',
            name='bad',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
