import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('files', '0002_initial'),
        ('organisations', '0006_past_names_of_bodies'),
        ('registry', '0007_identity_checks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Vendor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='代运营单位')),
                ('credit_code', models.CharField(max_length=18, verbose_name='统一社会信用代码')),
                ('contact', models.CharField(max_length=40, verbose_name='联系人')),
                ('phone', models.CharField(max_length=40, verbose_name='联系电话')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '代运营单位',
            },
        ),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='合同名称')),
                ('scope', models.TextField(verbose_name='服务范围')),
                ('responsible', models.CharField(max_length=40, verbose_name='本单位责任人')),
                ('begins_on', models.DateField(verbose_name='开始日期')),
                ('ends_on', models.DateField(verbose_name='到期日期')),
                ('forbids_subcontracting', models.BooleanField(default=False, verbose_name='约定不得转包、分包')),
                ('ended_on', models.DateField(null=True, verbose_name='提前终止日期')),
                ('ended_reason', models.CharField(blank=True, max_length=300, verbose_name='终止原因')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('accounts', models.ManyToManyField(related_name='+', to='registry.account')),
                ('contract_paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('undertaking_paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('vendor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='vendors.vendor')),
            ],
            options={
                'verbose_name': '代运营合同',
            },
        ),
        migrations.CreateModel(
            name='LinkedDomain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=253, verbose_name='域名')),
                ('use', models.CharField(choices=[('menu', '菜单链接'), ('page', 'H5、专题页'), ('mini_program', '小程序'), ('other', '其他')], max_length=16, verbose_name='用在哪里')),
                ('is_ours', models.BooleanField(default=False, verbose_name='域名由本单位持有')),
                ('expires_on', models.DateField(null=True, verbose_name='域名到期')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('taken_off_at', models.DateTimeField(null=True, verbose_name='撤下')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='domains', to='vendors.contract')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '关联域名',
                'constraints': [models.UniqueConstraint(condition=models.Q(('taken_off_at', None)), fields=('contract', 'host', 'use'), name='vendors_domain_once')],
            },
        ),
        migrations.CreateModel(
            name='NamedPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='姓名')),
                ('duties', models.CharField(max_length=200, verbose_name='可以做什么')),
                ('access_ended_at', models.DateTimeField(null=True, verbose_name='停止')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='vendors.contract')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '代运营人员',
                'constraints': [models.UniqueConstraint(condition=models.Q(('access_ended_at', None)), fields=('contract', 'user'), name='vendors_sign_in_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='vendor',
            constraint=models.UniqueConstraint(fields=('organisation', 'credit_code'), name='vendors_company_once_in_a_body'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['organisation', 'ends_on'], name='vendors_contract_body'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('begins_on'))), name='vendors_contract_has_days'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), models.Q(('ended_reason', ''), _negated=True), _connector='OR'), name='vendors_contract_ended_for_a_reason'),
        ),
    ]
