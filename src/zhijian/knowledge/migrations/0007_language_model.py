"""The one language model of an installation, and whose question it is answering."""


import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0006_allowance_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ModelTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField()),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '正在问大模型',
            },
        ),
        migrations.CreateModel(
            name='ModelSetting',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('address', models.CharField(max_length=200, verbose_name='地址')),
                ('name', models.CharField(max_length=100, verbose_name='模型名称')),
                ('key', models.BinaryField(default=bytes)),
                ('is_public', models.BooleanField(default=False, verbose_name='在互联网上')),
                ('seconds', models.PositiveSmallIntegerField(verbose_name='最多等多少秒')),
                ('most_characters', models.PositiveIntegerField(verbose_name='最多多少字')),
                ('bodies', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('changed_at', models.DateTimeField()),
                ('consented_at', models.DateTimeField(null=True)),
                ('consented_address', models.CharField(blank=True, max_length=200)),
                ('consented_name', models.CharField(blank=True, max_length=100)),
                ('consented_bodies', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('consented_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '大模型设置',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='knowledge_one_language_model'), models.CheckConstraint(condition=models.Q(('seconds__range', (1, 60))), name='knowledge_language_model_seconds'), models.CheckConstraint(condition=models.Q(('most_characters__range', (100, 10000))), name='knowledge_language_model_characters'), models.CheckConstraint(condition=models.Q(models.Q(('consented_address', ''), ('consented_at', None), ('consented_by', None)), models.Q(('consented_address', models.F('address')), ('consented_at__isnull', False), ('consented_bodies', models.F('bodies')), ('consented_by__isnull', False), ('consented_name', models.F('name'))), _connector='OR'), name='knowledge_language_model_consent')],
            },
        ),
    ]
