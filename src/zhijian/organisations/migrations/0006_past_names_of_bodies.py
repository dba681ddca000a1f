"""The names a body bore before are kept."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_initial_passwords'),
    ]

    operations = [
        migrations.CreateModel(
            name='PastBodyName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=80)),
                ('short_name', models.CharField(blank=True, max_length=40)),
                ('until', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_names', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '单位曾用名',
            },
        ),
    ]
