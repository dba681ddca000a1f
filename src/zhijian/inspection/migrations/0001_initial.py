import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0004_tokens_expire'),
        ('registry', '0003_ledgers_know_who_runs_them'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(max_length=16, verbose_name='指标')),
                ('is_veto', models.BooleanField(verbose_name='单项否决')),
                ('key', models.CharField(max_length=200)),
                ('title', models.CharField(max_length=200, verbose_name='问题')),
                ('detail', models.CharField(max_length=1000, verbose_name='说明')),
                ('rule_id', models.CharField(blank=True, max_length=80)),
                ('state', models.CharField(choices=[('open', '待处置'), ('ordered', '整改中'), ('answered', '待复查'), ('closed', '已销号'), ('written_off', '误报核销')], default='open', max_length=16, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=1)),
                ('found_at', models.DateTimeField(verbose_name='发现时间')),
                ('recovered_at', models.DateTimeField(null=True, verbose_name='恢复时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='办结时间')),
                ('ending', models.CharField(blank=True, max_length=500, verbose_name='结果说明')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.account')),
                ('repeat_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repeats', to='inspection.finding')),
            ],
            options={
                'verbose_name': '问题',
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                ('text', models.TextField(verbose_name='要求')),
                ('issued_at', models.DateTimeField(verbose_name='下达时间')),
                ('due_at', models.DateTimeField(verbose_name='期限')),
                ('due_text', models.TextField()),
                ('steps', models.JSONField(default=list)),
                ('rule_version', models.CharField(max_length=64)),
                ('finding', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='order', to='inspection.finding')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '整改通知',
            },
        ),
        migrations.CreateModel(
            name='OutLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post_id', models.BigIntegerField()),
                ('version_id', models.BigIntegerField()),
                ('url', models.CharField(max_length=4000)),
                ('url_sha256', models.CharField(max_length=64)),
                ('seen_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.account')),
            ],
            options={
                'verbose_name': '外链',
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('text', models.TextField()),
                ('link', models.CharField(blank=True, max_length=500)),
                ('proof', models.CharField(blank=True, max_length=64)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='inspection.order')),
            ],
            options={
                'verbose_name': '整改反馈',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('nightly', '每晚巡检'), ('on_demand', '临时巡检')], max_length=16, verbose_name='类别')),
                ('state', models.CharField(choices=[('running', '进行中'), ('done', '已完成')], default='running', max_length=16, verbose_name='状态')),
                ('started_at', models.DateTimeField(verbose_name='开始')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='结束')),
                ('beat_at', models.DateTimeField()),
                ('after_account', models.BigIntegerField(default=0)),
                ('after_version', models.BigIntegerField(default=0)),
                ('after_check', models.BigIntegerField(default=0)),
                ('accounts', models.PositiveIntegerField(default=0, verbose_name='账号')),
                ('texts', models.PositiveIntegerField(default=0, verbose_name='内容')),
                ('links', models.PositiveIntegerField(default=0, verbose_name='链接')),
                ('counts', models.JSONField(default=dict)),
                ('rules', models.JSONField(default=dict)),
                ('term_rules', models.JSONField(default=list)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '巡检',
            },
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('result', models.CharField(choices=[('pass', '合格'), ('warning', '预警'), ('fail', '不合格'), ('could_not_look', '没能看全')], max_length=16, verbose_name='结果')),
                ('last_post_at', models.DateTimeField(null=True, verbose_name='最近更新')),
                ('silent_days', models.PositiveSmallIntegerField(null=True, verbose_name='未更新天数')),
                ('window_days', models.PositiveSmallIntegerField(verbose_name='更新期限')),
                ('left_days', models.SmallIntegerField(null=True, verbose_name='还剩天数')),
                ('warned_day', models.PositiveSmallIntegerField(null=True)),
                ('warned_at', models.DateTimeField(null=True)),
                ('checked_at', models.DateTimeField(verbose_name='检查时间')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.account')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspection.run')),
            ],
            options={
                'verbose_name': '账号巡检',
            },
        ),
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(max_length=16, verbose_name='指标')),
                ('result', models.CharField(choices=[('pass', '合格'), ('warning', '预警'), ('fail', '不合格'), ('could_not_look', '没能看全')], max_length=16, verbose_name='结果')),
                ('reason', models.CharField(max_length=500, verbose_name='说明')),
                ('rule_key', models.CharField(max_length=64)),
                ('rule_value', models.CharField(max_length=100)),
                ('rule_document', models.CharField(max_length=200, verbose_name='依据')),
                ('rule_pack', models.CharField(max_length=64)),
                ('rule_version', models.CharField(max_length=64)),
                ('term_version', models.CharField(blank=True, max_length=64)),
                ('window_from', models.DateTimeField(null=True, verbose_name='起')),
                ('window_to', models.DateTimeField(null=True, verbose_name='止')),
                ('computed_at', models.DateTimeField(verbose_name='时间')),
                ('evidence', models.JSONField()),
                ('proof', models.CharField(blank=True, max_length=64)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.account')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='inspection.run')),
            ],
            options={
                'verbose_name': '结论',
            },
        ),
        migrations.CreateModel(
            name='Recheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('result', models.CharField(choices=[('pass', '合格'), ('warning', '预警'), ('fail', '不合格'), ('could_not_look', '没能看全')], max_length=16)),
                ('reason', models.CharField(max_length=500)),
                ('evidence', models.JSONField(default=dict)),
                ('proof', models.CharField(blank=True, max_length=64)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rechecks', to='inspection.finding')),
                ('verdict', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspection.verdict')),
            ],
            options={
                'verbose_name': '复查',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='finding',
            name='verdict',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspection.verdict'),
        ),
        migrations.CreateModel(
            name='Current',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(max_length=16)),
                ('result', models.CharField(choices=[('pass', '合格'), ('warning', '预警'), ('fail', '不合格'), ('could_not_look', '没能看全')], max_length=16)),
                ('since', models.DateTimeField()),
                ('checked_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.account')),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspection.verdict')),
            ],
            options={
                'verbose_name': '现行结论',
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('host', '主办单位申诉'), ('office', '主管单位提出核销')], max_length=16, verbose_name='类别')),
                ('reason', models.TextField(verbose_name='理由')),
                ('proof', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField(verbose_name='提出时间')),
                ('state', models.CharField(choices=[('open', '待裁定'), ('accepted', '认定误报'), ('rejected', '维持结论')], default='open', max_length=16, verbose_name='状态')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='裁定时间')),
                ('decision', models.TextField(blank=True, verbose_name='裁定理由')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='inspection.finding')),
            ],
            options={
                'verbose_name': '申诉',
                'indexes': [models.Index(fields=['state', 'at'], name='inspection_appeal_list')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('finding',), name='inspection_one_open_appeal'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('state', 'open')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('decision', ''), _negated=True), models.Q(('decided_by', models.F('by')), _negated=True)), _connector='OR'), name='inspection_second_person_decides')],
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['due_at'], name='inspection_order_due'),
        ),
        migrations.AddIndex(
            model_name='outlink',
            index=models.Index(fields=['url_sha256'], name='inspection_link_url'),
        ),
        migrations.AddConstraint(
            model_name='outlink',
            constraint=models.UniqueConstraint(fields=('post_id', 'url_sha256'), name='inspection_link_once'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['-started_at'], name='inspection_run_list'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='inspection_one_run_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'running'), ('finished_at__isnull', False), _connector='OR'), name='inspection_run_ends'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['result', 'left_days'], name='inspection_standing_result'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['left_days'], name='inspection_standing_left'),
        ),
        migrations.AddIndex(
            model_name='verdict',
            index=models.Index(fields=['account', 'indicator', '-id'], name='inspection_verdict_account'),
        ),
        migrations.AddIndex(
            model_name='verdict',
            index=models.Index(fields=['run', 'result'], name='inspection_verdict_run'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.CheckConstraint(condition=models.Q(('evidence', {}), _negated=True), name='inspection_verdict_has_evidence'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rule_document', ''), _negated=True), models.Q(('rule_version', ''), _negated=True), models.Q(('rule_value', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='inspection_verdict_names_its_rule'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.CheckConstraint(condition=models.Q(('by', None), models.Q(('proof', ''), _negated=True), _connector='OR'), name='inspection_hand_entry_has_proof'),
        ),
        migrations.AddConstraint(
            model_name='recheck',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__isnull', False), models.Q(('evidence', {}), _negated=True), models.Q(('proof', ''), _negated=True), _connector='OR'), name='inspection_recheck_has_evidence'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['state', '-found_at'], name='inspection_finding_list'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['account', 'indicator', 'state'], name='inspection_finding_account'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'ordered', 'answered'])), fields=('account', 'indicator', 'key'), name='inspection_finding_once_open'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ['open', 'ordered', 'answered'])), models.Q(('ended_at__isnull', False), models.Q(('ending', ''), _negated=True), models.Q(('state__in', ['open', 'ordered', 'answered']), _negated=True)), _connector='OR'), name='inspection_finding_ends_with_a_word'),
        ),
        migrations.AddConstraint(
            model_name='current',
            constraint=models.UniqueConstraint(fields=('account', 'indicator'), name='inspection_current_once'),
        ),
    ]
