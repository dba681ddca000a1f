"""What was found on the photos of a public wording, and why it stands."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0004_word_for_taken_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='publicationversion',
            name='note',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='检查提示的说明'),
        ),
        migrations.AddField(
            model_name='publicationversion',
            name='photos_told',
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
