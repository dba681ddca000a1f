import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("connection", "probe_wanted_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "connection",
            "probe_wanted_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            "connection", "probe_problem", models.CharField(blank=True, db_default="", default="", max_length=200)
        ),
        migrations.AddField(
            "connection", "token_lease", models.CharField(blank=True, db_default="", default="", max_length=32)
        ),
        migrations.AddField("connection", "token_lease_until", models.DateTimeField(null=True)),
    ]
