"""A ledger knows whose rights its step uses, and which run of a reading is the last.

Both columns are new and may stay empty: the version that runs beside this migration does not know them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_guards"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AddField("ledger", "claim", models.PositiveIntegerField(default=0, db_default=0)),
        migrations.AddField(
            "ledger",
            "run_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
