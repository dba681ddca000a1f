import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0006_past_names_of_bodies'),
        ('registry', '0006_guards_of_filings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reform',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80, verbose_name='名称')),
                ('basis', models.CharField(max_length=200, verbose_name='依据文件')),
                ('effective_on', models.DateField(verbose_name='施行日期')),
                ('state', models.CharField(choices=[('draft', '准备中'), ('running', '进行中'), ('done', '已办结'), ('discarded', '已放弃')], default='draft', max_length=16, verbose_name='状态')),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '机构改革',
            },
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('rename', '改名'), ('merge', '并入其他单位'), ('split', '拆出一部分'), ('abolish', '撤销')], max_length=16, verbose_name='怎样变')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='新的全称')),
                ('short_name', models.CharField(blank=True, max_length=40, verbose_name='新的规范简称')),
                ('old_name', models.CharField(blank=True, max_length=80)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('successor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('reform', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='reform.reform')),
            ],
            options={
                'verbose_name': '涉改单位',
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('keep', '保留不变'), ('change', '变更名称、主体或主办单位'), ('merging', '并入接收单位的账号'), ('closing', '关停')], max_length=16, verbose_name='处理')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.account')),
                ('filing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.filing')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plans', to='reform.part')),
                ('target', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.account')),
            ],
            options={
                'verbose_name': '账号处理',
                'constraints': [models.UniqueConstraint(fields=('part', 'account'), name='reform_account_once')],
            },
        ),
        migrations.AddIndex(
            model_name='reform',
            index=models.Index(fields=['organisation', '-created_at'], name='reform_list'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.UniqueConstraint(fields=('reform', 'organisation', 'kind'), name='reform_body_once'),
        ),
    ]
