"""Signing in somebody's place: the delegations, and under whose name a signature stands.

PostgreSQL refuses a signature in the place of an author, or of somebody who gave no leave; a delegation is ended, never
changed or deleted.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION review_check_delegate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM review_review r JOIN review_stage s ON s.review_id = r.id
        WHERE s.id = NEW.stage_id AND NEW.on_behalf_of_id = ANY(r.author_ids)
    ) THEN
        RAISE EXCEPTION 'nobody signs in the place of an author' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM review_delegation d
        WHERE d.person_id = NEW.on_behalf_of_id AND d.delegate_id = NEW.person_id AND d.ended_at IS NULL
    ) THEN
        RAISE EXCEPTION 'nobody asked for this signature' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_signature_delegated BEFORE INSERT ON review_signature
    FOR EACH ROW WHEN (NEW.on_behalf_of_id IS NOT NULL) EXECUTE FUNCTION review_check_delegate();

CREATE FUNCTION review_keep_delegation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.person_id <> OLD.person_id OR NEW.delegate_id <> OLD.delegate_id
       OR NEW.first_day <> OLD.first_day OR NEW.last_day <> OLD.last_day OR NEW.reason <> OLD.reason
       OR OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'a delegation is ended, not changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_delegation_kept BEFORE UPDATE OR DELETE ON review_delegation
    FOR EACH ROW EXECUTE FUNCTION review_keep_delegation();
"""

BACKWARD = """
DROP TRIGGER review_delegation_kept ON review_delegation;
DROP FUNCTION review_keep_delegation();
DROP TRIGGER review_signature_delegated ON review_signature;
DROP FUNCTION review_check_delegate();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='signature',
            name='on_behalf_of',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField(verbose_name='从哪天起')),
                ('last_day', models.DateField(verbose_name='到哪天止')),
                ('reason', models.CharField(max_length=120, verbose_name='事由')),
                ('given_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('delegate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '委托签审',
                'indexes': [models.Index(fields=['delegate', 'last_day'], name='review_delegation_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('person', models.F('delegate')), _negated=True), name='review_delegate_is_another'), models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='review_delegation_days')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
