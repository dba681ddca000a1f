"""A term means for ever what its second person approved: its words never change, it is only decided and retired."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION knowledge_check_term() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a term is retired, not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'a term begins proposed' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.organisation_id, NEW.kind, NEW.wrong, NEW."right", NEW.exceptions, NEW.severity, NEW.message, NEW.source,
        NEW.valid_from, NEW.valid_to, NEW.proposed_by_id)
       IS DISTINCT FROM
       (OLD.organisation_id, OLD.kind, OLD.wrong, OLD."right", OLD.exceptions, OLD.severity, OLD.message, OLD.source,
        OLD.valid_from, OLD.valid_to, OLD.proposed_by_id) THEN
        RAISE EXCEPTION 'a term does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('proposed', 'proposed'), ('approved', 'approved'), ('rejected', 'rejected'), ('retired', 'retired'),
        ('proposed', 'approved'), ('proposed', 'rejected'), ('proposed', 'retired'), ('approved', 'retired')
    ) THEN
        RAISE EXCEPTION 'a term does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER knowledge_term_checked BEFORE INSERT OR UPDATE OR DELETE ON knowledge_term
    FOR EACH ROW EXECUTE FUNCTION knowledge_check_term();
"""

BACKWARD = """
DROP TRIGGER knowledge_term_checked ON knowledge_term;
DROP FUNCTION knowledge_check_term();
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
