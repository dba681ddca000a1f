"""Statements of means, licences, rule documents and the log of talks with platforms."""

import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('files', '0002_initial'),
        ('organisations', '0006_past_names_of_bodies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LiaisonEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('matter', models.UUIDField(db_index=True)),
                ('kind', models.CharField(choices=[('first', '提出'), ('follow_up', '跟进'), ('correction', '更正')], max_length=12)),
                ('platform', models.CharField(max_length=32, verbose_name='平台')),
                ('day', models.DateField(verbose_name='日期')),
                ('contact_name', models.CharField(blank=True, max_length=40, verbose_name='平台联系人')),
                ('contact_phone', models.CharField(blank=True, max_length=40, verbose_name='电话')),
                ('contact_mail', models.CharField(blank=True, max_length=120, verbose_name='邮箱')),
                ('way', models.CharField(choices=[('phone', '电话'), ('mail', '电子邮件'), ('backend', '平台后台工单'), ('group', '工作群'), ('letter', '公函'), ('meeting', '见面'), ('other', '其他')], max_length=12, verbose_name='方式')),
                ('asked', models.TextField(verbose_name='提了什么')),
                ('came_of', models.TextField(blank=True, verbose_name='结果')),
                ('follow_up_on', models.DateField(null=True, verbose_name='跟进日期')),
                ('state', models.CharField(choices=[('open', '没有办完'), ('closed', '已办完')], max_length=8, verbose_name='状态')),
                ('created_at', models.DateTimeField()),
                ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='resources.liaisonentry')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '平台对接记录',
                'indexes': [models.Index(fields=['organisation', 'platform', '-day'], name='resources_liaison_body')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', False), ('kind', 'correction')), models.Q(models.Q(('kind', 'correction'), _negated=True), ('corrects', None)), _connector='OR'), name='resources_correction_names_entry')],
            },
        ),
        migrations.CreateModel(
            name='Licence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='许可证')),
                ('number', models.CharField(max_length=80, verbose_name='编号')),
                ('issuer', models.CharField(max_length=80, verbose_name='发证机关')),
                ('holder', models.CharField(max_length=120, verbose_name='持证单位')),
                ('begins_on', models.DateField(null=True, verbose_name='有效期起')),
                ('ends_on', models.DateField(null=True, verbose_name='有效期止')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('withdrawn_on', models.DateField(null=True, verbose_name='不再持有')),
                ('withdrawn_reason', models.CharField(blank=True, max_length=300, verbose_name='原因')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successor', to='resources.licence')),
            ],
            options={
                'verbose_name': '许可证',
                'indexes': [models.Index(fields=['organisation', 'ends_on'], name='resources_licence_body')],
                'constraints': [models.CheckConstraint(condition=models.Q(('begins_on', None), ('ends_on', None), ('ends_on__gte', models.F('begins_on')), _connector='OR'), name='resources_licence_has_days'), models.CheckConstraint(condition=models.Q(('withdrawn_on', None), models.Q(('withdrawn_reason', ''), _negated=True), _connector='OR'), name='resources_licence_gone_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='RuleDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='类别')),
                ('title', models.CharField(max_length=120, verbose_name='名称')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='文号')),
                ('issued_on', models.DateField(verbose_name='印发日期')),
                ('in_force_from', models.DateField(verbose_name='施行日期')),
                ('review_by', models.DateField(null=True, verbose_name='复核期限')),
                ('reviewed_on', models.DateField(null=True, verbose_name='最近复核')),
                ('abolished_on', models.DateField(null=True, verbose_name='废止')),
                ('abolished_reason', models.CharField(blank=True, max_length=300, verbose_name='废止原因')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successor', to='resources.ruledocument')),
            ],
            options={
                'verbose_name': '本单位制度',
                'indexes': [models.Index(fields=['organisation', 'kind'], name='resources_rule_body')],
                'constraints': [models.CheckConstraint(condition=models.Q(('abolished_on', None), models.Q(('abolished_reason', ''), _negated=True), _connector='OR'), name='resources_rule_ended_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('leader_name', models.CharField(blank=True, max_length=40, verbose_name='分管负责人')),
                ('leader_post', models.CharField(blank=True, max_length=60, verbose_name='职务')),
                ('leader_phone', models.CharField(blank=True, max_length=40, verbose_name='联系电话')),
                ('unit', models.CharField(blank=True, max_length=80, verbose_name='责任科室')),
                ('budget', models.DecimalField(decimal_places=2, max_digits=13, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='经费')),
                ('budget_source', models.CharField(blank=True, max_length=120, verbose_name='经费来源')),
                ('staff_count', models.PositiveSmallIntegerField(null=True, verbose_name='专人')),
                ('staff_names', models.TextField(blank=True, verbose_name='人员')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('late_reason', models.CharField(blank=True, max_length=300, verbose_name='补记的原因')),
                ('version', models.PositiveIntegerField(default=1)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '保障情况',
                'constraints': [models.UniqueConstraint(fields=('organisation', 'year'), name='resources_statement_once_a_year'), models.CheckConstraint(condition=models.Q(('budget', None), ('budget__gte', 0), _connector='OR'), name='resources_budget_not_negative')],
            },
        ),
    ]
