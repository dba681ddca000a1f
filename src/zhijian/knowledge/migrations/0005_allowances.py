"""What bodies set aside of rules."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0004_question_guards'),
        ('organisations', '0007_sign_ins_of_vendors'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('words', '放行说法'), ('off', '停用规则'), ('lower', '降低级别')], max_length=16, verbose_name='放行什么')),
                ('rule_id', models.CharField(max_length=80, verbose_name='规则')),
                ('words', models.CharField(blank=True, max_length=80, verbose_name='说法')),
                ('severity', models.CharField(blank=True, choices=[('veto', '严重错误'), ('error', '错误'), ('warning', '提醒'), ('hint', '建议')], max_length=16, verbose_name='降为')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('valid_to', models.DateField(verbose_name='到哪天止')),
                ('state', models.CharField(choices=[('proposed', '待审'), ('approved', '启用'), ('rejected', '未通过'), ('retired', '停用')], default='proposed', max_length=16, verbose_name='状态')),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_comment', models.CharField(blank=True, max_length=200)),
                ('retired_at', models.DateTimeField(null=True)),
                ('retired_reason', models.CharField(blank=True, max_length=200)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('retired_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '放行',
                'indexes': [models.Index(fields=['organisation', 'state', 'valid_to'], name='knowledge_allowance_list')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'approved'])), fields=('organisation', 'rule_id', 'kind', 'words'), name='knowledge_allowance_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='knowledge_allowance_reason'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'words'), models.Q(('words', ''), _negated=True), ('severity', '')), models.Q(('kind', 'off'), ('severity', ''), ('words', '')), models.Q(('kind', 'lower'), ('words', ''), models.Q(('severity', ''), _negated=True)), _connector='OR'), name='knowledge_allowance_kind'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='knowledge_allowance_decided'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='knowledge_allowance_second_person')],
            },
        ),
    ]
