from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_guards")]

    operations = [
        migrations.RemoveField(model_name="event", name="transaction"),
        migrations.RunSQL(
            "DROP FUNCTION zhijian_transaction();",
            """
            CREATE FUNCTION zhijian_transaction() RETURNS bigint LANGUAGE sql VOLATILE
            AS $$ SELECT pg_current_xact_id()::text::bigint $$;
            """,
        ),
    ]
