"""A filing knows everybody who wrote in it: none of them signs."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0008_findings_of_who_may_not'),
    ]

    operations = [
        migrations.AddField(
            model_name='filing',
            name='author_ids',
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
