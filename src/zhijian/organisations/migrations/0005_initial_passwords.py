from django.db import migrations, models


class Migration(migrations.Migration):
    """Nobody who works here already is stopped: the question is asked of passwords set from now on."""

    dependencies = [
        ('organisations', '0004_tokens_expire'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='must_change_password',
            field=models.BooleanField(db_default=False, default=False, verbose_name='要改初始密码'),
        ),
    ]
