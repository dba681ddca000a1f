from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='RepeatableCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('caller', models.CharField(max_length=32)),
                ('key', models.CharField(max_length=128)),
                ('digest', models.CharField(max_length=64)),
                ('thing_id', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'verbose_name': '可重复的调用',
                'constraints': [models.UniqueConstraint(fields=('caller', 'key'), name='api_key_once')],
            },
        ),
    ]
