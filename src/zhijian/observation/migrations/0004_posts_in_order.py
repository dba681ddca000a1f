"""Reading the whole archive of an account in order of its ids, batch by batch."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("observation", "0003_landing")]
    operations = [
        AddIndexConcurrently("post", models.Index(fields=["account", "id"], name="observation_post_archive")),
    ]
