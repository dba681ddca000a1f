"""A version of a bulletin is written once, and citizens get only what a review approved by its exact hash."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER assessment_bulletinversion_insert_only BEFORE UPDATE OR DELETE ON assessment_bulletinversion
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE FUNCTION assessment_check_bulletin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.published_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM assessment_bulletinversion v JOIN review_review r ON r.version_hash = v.content_hash
         WHERE v.id = NEW.published_id AND v.bulletin_id = NEW.id AND r.thing_kind = 'assessment.bulletin'
           AND r.thing_id = NEW.id AND r.state = 'approved'
    ) THEN
        RAISE EXCEPTION 'only an approved version is published' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_bulletin_checked BEFORE INSERT OR UPDATE ON assessment_bulletin
    FOR EACH ROW EXECUTE FUNCTION assessment_check_bulletin();
"""
BACKWARD = """
DROP TRIGGER assessment_bulletin_checked ON assessment_bulletin;
DROP FUNCTION assessment_check_bulletin();
DROP TRIGGER assessment_bulletinversion_insert_only ON assessment_bulletinversion;
"""


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_initial"), ("review", "0002_guards"), ("audit", "0002_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
