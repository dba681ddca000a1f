"""What was set aside of a rule means for ever what its second person approved; the rule counts again, nothing vanishes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION knowledge_check_allowance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an allowance is ended, not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'an allowance begins proposed' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.organisation_id, NEW.kind, NEW.rule_id, NEW.words, NEW.severity, NEW.reason, NEW.valid_to, NEW.proposed_by_id)
       IS DISTINCT FROM
       (OLD.organisation_id, OLD.kind, OLD.rule_id, OLD.words, OLD.severity, OLD.reason, OLD.valid_to, OLD.proposed_by_id)
    THEN
        RAISE EXCEPTION 'an allowance does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('proposed', 'proposed'), ('approved', 'approved'), ('rejected', 'rejected'), ('retired', 'retired'),
        ('proposed', 'approved'), ('proposed', 'rejected'), ('proposed', 'retired'), ('approved', 'retired')
    ) THEN
        RAISE EXCEPTION 'an allowance goes from % not to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER knowledge_allowance_checked BEFORE INSERT OR UPDATE OR DELETE ON knowledge_allowance
    FOR EACH ROW EXECUTE FUNCTION knowledge_check_allowance();
"""

BACKWARD = """
DROP TRIGGER knowledge_allowance_checked ON knowledge_allowance;
DROP FUNCTION knowledge_check_allowance();
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0005_allowances")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
