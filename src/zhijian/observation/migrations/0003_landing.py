"""What the page behind a link turned out to be, with the words that rests on. Older checks: not read."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('observation', '0002_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='linkcheck',
            name='landing',
            field=models.CharField(blank=True, choices=[('', '没有读'), ('clean', '没有发现问题'), ('hijacked', '疑似被篡改'), ('gambling', '赌博色情等违法页面'), ('parked', '域名过期或待售')], db_default='', default='', max_length=12, verbose_name='打开的页面'),
        ),
        migrations.AddField(
            model_name='linkcheck',
            name='signs',
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
