"""Who wrote the setting of the language model does not consent to it, whatever roles they have by then."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION knowledge_check_language_model() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF OLD.consented_by_id IS NULL AND NEW.consented_by_id = NEW.changed_by_id THEN
        RAISE EXCEPTION 'who wrote the setting does not consent to it' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION knowledge_check_language_model() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0009_approved_hosts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
