"""The word of the history for an answer that came back, from a reviewer or from its sender."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0003_pause_ended_by_staff'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('received', '收到'), ('accepted', '受理'), ('assigned', '转办'), ('returned', '退回'), ('chased', '催办'), ('extended', '延期'), ('asked', '请补充'), ('resumed', '继续办理'), ('word', '群众补充'), ('note', '内部备注'), ('submitted', '答复送审'), ('taken_back', '答复收回修改'), ('answer', '答复'), ('redirected', '告知'), ('reopened', '要求重办'), ('rated', '评价'), ('recomputed', '期限调整'), ('destroyed', '销毁个人信息')], max_length=16),
        ),
    ]
