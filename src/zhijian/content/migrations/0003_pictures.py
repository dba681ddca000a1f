"""What is written on pictures, read once each."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='PictureLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('reading', models.JSONField()),
                ('not_looked', models.CharField(blank=True, max_length=200)),
                ('attempts', models.PositiveSmallIntegerField(default=1)),
                ('looked_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '图片识别',
            },
        ),
    ]
