"""What people saw of accounts on their platforms; a check is written once and never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_guards'),
        ('registry', '0006_guards_of_filings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='finding',
            name='kind',
            field=models.CharField(choices=[('surplus', '同一平台多于一个账号'), ('no_platform_id', '缺少平台账号标识'), ('subject_differs', '认证主体与主办单位不一致'), ('name_differs', '各平台名称不一致'), ('internal_body', '以内设机构名义开设'), ('unfiled', '没有备案'), ('exemption_expired', '多开例外已到期'), ('certification_ends', '平台认证将到期或已到期'), ('closing_stuck', '公告期满仍未注销'), ('renamed', '平台上的名称与登记不一致'), ('subject_changed', '平台上的认证主体与登记不一致'), ('not_found', '按标识在平台上找不到'), ('name_taken', '登记的名称被别的账号使用')], max_length=32, verbose_name='问题'),
        ),
        migrations.CreateModel(
            name='IdentityCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('found', models.BooleanField(verbose_name='找得到')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='平台上的名称')),
                ('verified_subject', models.CharField(blank=True, max_length=120, verbose_name='平台上的认证主体')),
                ('certified_until', models.DateField(null=True, verbose_name='认证有效期')),
                ('name_taken_by', models.CharField(blank=True, max_length=300, verbose_name='使用登记名称的别的账号')),
                ('evidence', models.CharField(blank=True, max_length=64)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identity_checks', to='registry.account')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '现状核对',
                'indexes': [models.Index(fields=['account', '-at'], name='registry_identity_newest')],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER registry_identitycheck_insert_only BEFORE UPDATE OR DELETE ON registry_identitycheck"
            " FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only()",
            "DROP TRIGGER registry_identitycheck_insert_only ON registry_identitycheck",
        ),
    ]
