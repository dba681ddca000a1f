"""What rules did, by body and day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lookback', '0002_guards'),
        ('organisations', '0007_sign_ins_of_vendors'),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_id', models.CharField(max_length=80, verbose_name='规则')),
                ('category', models.CharField(blank=True, max_length=32, verbose_name='类别')),
                ('day', models.DateField(verbose_name='日期')),
                ('drafts', models.PositiveIntegerField(default=0, verbose_name='稿件命中')),
                ('posts', models.PositiveIntegerField(default=0, verbose_name='已发内容命中')),
                ('waived', models.PositiveIntegerField(default=0, verbose_name='认定误报')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '规则效果',
                'indexes': [models.Index(fields=['rule_id', '-day'], name='lookback_rule_day_rule')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'rule_id', 'day'), name='lookback_rule_day_once')],
            },
        ),
    ]
