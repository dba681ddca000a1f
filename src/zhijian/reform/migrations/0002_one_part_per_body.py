"""A body stands once in a reform; what it was called for short is kept, to tell later what its accounts still bear.

Of a body that stands in one reform twice the part that ends it stays, or the older one: a reform that named both could
not open its filings.
"""

from django.db import migrations, models

TWICE = """
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY reform_id, organisation_id ORDER BY kind NOT IN ('merge', 'abolish'), id
        ) AS place FROM reform_part
    ) AS numbered WHERE place > 1
"""
# Foreign keys are checked at once: a table with checks outstanding cannot be altered.
FORWARD = f"""
    SET CONSTRAINTS ALL IMMEDIATE;
    DELETE FROM reform_plan WHERE part_id IN ({TWICE});
    DELETE FROM reform_part WHERE id IN ({TWICE});
"""  # noqa: S608 - both halves are written here


class Migration(migrations.Migration):
    dependencies = [("reform", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="part", name="reform_body_once"),
        migrations.AddConstraint(
            model_name="part",
            constraint=models.UniqueConstraint(
                fields=("reform", "organisation"), name="reform_one_part_per_body"
            ),
        ),
        migrations.AddField(
            model_name="part",
            name="old_short_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
    ]
