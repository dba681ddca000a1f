"""An imported ledger may be taken back. The state is a word in a column of text: nothing changes in the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_ledgers_know_who_runs_them")]
    operations = [
        migrations.AlterField(
            "ledger",
            "state",
            models.CharField(
                "状态",
                max_length=16,
                default="mapping",
                choices=[
                    ("mapping", "待核对列"),
                    ("reading", "读取中"),
                    ("preview", "待确认"),
                    ("importing", "导入中"),
                    ("imported", "已导入"),
                    ("discarded", "已放弃"),
                    ("undone", "已撤回"),
                ],
            ),
        ),
    ]
