"""A website a body vouches for is an allowance of its own kind."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0008_language_model_guards'),
        ('organisations', '0007_sign_ins_of_vendors'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='allowance',
            name='knowledge_allowance_kind',
        ),
        migrations.AlterField(
            model_name='allowance',
            name='kind',
            field=models.CharField(choices=[('words', '放行说法'), ('off', '停用规则'), ('lower', '降低级别'), ('host', '许可网站')], max_length=16, verbose_name='放行什么'),
        ),
        migrations.AddConstraint(
            model_name='allowance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['words', 'host']), models.Q(('words', ''), _negated=True), ('severity', '')), models.Q(('kind', 'off'), ('severity', ''), ('words', '')), models.Q(('kind', 'lower'), ('words', ''), models.Q(('severity', ''), _negated=True)), _connector='OR'), name='knowledge_allowance_kind'),
        ),
    ]
