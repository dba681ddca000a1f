"""One more word for a finding; nothing changes in the table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0007_identity_checks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='finding',
            name='kind',
            field=models.CharField(choices=[('surplus', '同一平台多于一个账号'), ('no_platform_id', '缺少平台账号标识'), ('subject_differs', '认证主体与主办单位不一致'), ('name_differs', '各平台名称不一致'), ('internal_body', '以内设机构名义开设'), ('unfiled', '没有备案'), ('may_not', '按当地规则不应开设'), ('exemption_expired', '多开例外已到期'), ('certification_ends', '平台认证将到期或已到期'), ('closing_stuck', '公告期满仍未注销'), ('renamed', '平台上的名称与登记不一致'), ('subject_changed', '平台上的认证主体与登记不一致'), ('not_found', '按标识在平台上找不到'), ('name_taken', '登记的名称被别的账号使用')], max_length=32, verbose_name='问题'),
        ),
    ]
