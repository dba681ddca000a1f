"""A consent is given to what stands there, once, by one person; it is taken back, never passed on."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION knowledge_check_language_model() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a language model is stopped, not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.consented_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'a language model begins without a consent' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.consented_by_id IS NOT NULL AND NEW.consented_by_id IS NOT NULL AND (
        NEW.consented_by_id, NEW.consented_at, NEW.consented_address, NEW.consented_name, NEW.consented_bodies,
        NEW.is_public
    ) IS DISTINCT FROM (
        OLD.consented_by_id, OLD.consented_at, OLD.consented_address, OLD.consented_name, OLD.consented_bodies,
        OLD.is_public
    ) THEN
        RAISE EXCEPTION 'a consent does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER knowledge_language_model_checked BEFORE INSERT OR UPDATE OR DELETE ON knowledge_modelsetting
    FOR EACH ROW EXECUTE FUNCTION knowledge_check_language_model();
"""

BACKWARD = """
DROP TRIGGER knowledge_language_model_checked ON knowledge_modelsetting;
DROP FUNCTION knowledge_check_language_model();
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0007_language_model")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
