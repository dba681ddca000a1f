"""Filings of every kind, exemptions from one account a platform, and public notices."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_initial_passwords'),
        ('registry', '0004_ledgers_may_be_undone'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Exemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('platform_group', models.CharField(max_length=32)),
                ('grounds', models.CharField(max_length=500, verbose_name='理由')),
                ('granted_on', models.DateField(verbose_name='批准日期')),
                ('valid_until', models.DateField(verbose_name='有效期至')),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '多开例外',
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('opening', '开设'), ('change', '变更'), ('freeze', '停更'), ('resume', '恢复更新'), ('closing', '关停'), ('merging', '合并'), ('deregister', '注销')], max_length=16, verbose_name='事项')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('text', models.TextField(verbose_name='正文')),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('until', models.DateField(null=True, verbose_name='公告期至')),
            ],
            options={
                'verbose_name': '公告',
            },
        ),
        migrations.AddField(
            model_name='account',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.account'),
        ),
        migrations.AddField(
            model_name='filing',
            name='due_at',
            field=models.DateTimeField(null=True, verbose_name='办理期限'),
        ),
        migrations.AddField(
            model_name='filing',
            name='due_text',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AlterField(
            model_name='account',
            name='state',
            field=models.CharField(choices=[('approved', '已批准，待注册'), ('registered', '已注册，待备案'), ('active', '在用'), ('frozen', '已公告停更'), ('closing', '注销中'), ('deregistered', '已注销'), ('unfiled', '未备案'), ('given_up', '批准后未开设')], default='active', max_length=16, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='filing',
            name='kind',
            field=models.CharField(choices=[('opening', '开设'), ('late', '补办备案'), ('change', '变更'), ('freeze', '停更'), ('resume', '恢复更新'), ('closing', '关停'), ('merging', '合并'), ('deregister', '注销'), ('exemption', '多开例外')], max_length=16, verbose_name='事项'),
        ),
        migrations.AlterField(
            model_name='finding',
            name='kind',
            field=models.CharField(choices=[('surplus', '同一平台多于一个账号'), ('no_platform_id', '缺少平台账号标识'), ('subject_differs', '认证主体与主办单位不一致'), ('name_differs', '各平台名称不一致'), ('internal_body', '以内设机构名义开设'), ('unfiled', '没有备案'), ('exemption_expired', '多开例外已到期'), ('certification_ends', '平台认证将到期或已到期'), ('closing_stuck', '公告期满仍未注销')], max_length=32, verbose_name='问题'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.UniqueConstraint(condition=models.Q(('account__isnull', False), ('state__in', ['draft', 'in_review', 'returned'])), fields=('account',), name='registry_one_open_filing'),
        ),
        migrations.AddField(
            model_name='exemption',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exemptions', to='registry.account'),
        ),
        migrations.AddField(
            model_name='exemption',
            name='filing',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='exemption', to='registry.filing'),
        ),
        migrations.AddField(
            model_name='exemption',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='notice',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='registry.account'),
        ),
        migrations.AddField(
            model_name='notice',
            name='filing',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='published_notice', to='registry.filing'),
        ),
        migrations.AddField(
            model_name='notice',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddIndex(
            model_name='exemption',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['organisation', 'platform_group'], name='registry_exemption_live'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['-published_at', '-id'], name='registry_notice_newest'),
        ),
    ]
