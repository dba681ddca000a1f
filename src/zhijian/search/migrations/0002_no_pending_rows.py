"""Searches read every pending row of a GIN index one by one; the index is read far more often than written."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

WITHOUT = """
ALTER INDEX search_wording_grams SET (fastupdate = off);
ALTER INDEX search_wording_plain SET (fastupdate = off);
SELECT gin_clean_pending_list('search_wording_grams'), gin_clean_pending_list('search_wording_plain');
"""
WITH = """
ALTER INDEX search_wording_grams RESET (fastupdate);
ALTER INDEX search_wording_plain RESET (fastupdate);
"""
GRAMS = {"fields": ["grams"], "name": "search_wording_grams"}
PLAIN = {"fields": ["plain"], "name": "search_wording_plain", "opclasses": ["gin_trgm_ops"]}


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(WITHOUT, WITH)],
            state_operations=[
                migrations.RemoveIndex("wording", "search_wording_grams"),
                migrations.RemoveIndex("wording", "search_wording_plain"),
                migrations.AddIndex("wording", GinIndex(fastupdate=False, **GRAMS)),
                migrations.AddIndex("wording", GinIndex(fastupdate=False, **PLAIN)),
            ],
        )
    ]
