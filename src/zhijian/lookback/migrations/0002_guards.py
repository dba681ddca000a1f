"""A look-back goes forward only and judges by what it was asked for; a finding stays the finding of its words."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION lookback_check_look_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a look-back stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('proposed', 'running'), ('proposed', 'dismissed'), ('running', 'done'), ('running', 'cancelled')
    ) THEN
        RAISE EXCEPTION 'a look-back goes from % not to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.organisation_id, NEW.cause, NEW.categories) IS DISTINCT FROM
       (OLD.organisation_id, OLD.cause, OLD.categories)
       OR (OLD.state <> 'proposed' AND NEW.term_ids IS DISTINCT FROM OLD.term_ids) THEN
        RAISE EXCEPTION 'a look-back judges by what it was asked for' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state NOT IN ('proposed', 'running') AND (NEW.done, NEW.found, NEW.ended) IS DISTINCT FROM
       (OLD.done, OLD.found, OLD.ended) THEN
        RAISE EXCEPTION 'a look-back that is over counts nothing more' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lookback_look_back_checked BEFORE UPDATE OR DELETE ON lookback_lookback
    FOR EACH ROW EXECUTE FUNCTION lookback_check_look_back();

CREATE FUNCTION lookback_check_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a finding ends, it is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.kind, NEW.thing_id, NEW.rule_id, NEW.excerpt, NEW.look_back_id, NEW.found_at) IS DISTINCT FROM
       (OLD.kind, OLD.thing_id, OLD.rule_id, OLD.excerpt, OLD.look_back_id, OLD.found_at) THEN
        RAISE EXCEPTION 'a finding stays the finding of its words' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'set_aside' AND (NEW.state, NEW.reason, NEW.set_aside_by_id) IS DISTINCT FROM
       (OLD.state, OLD.reason, OLD.set_aside_by_id) THEN
        RAISE EXCEPTION 'who set a finding aside, and why, stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lookback_finding_checked BEFORE UPDATE OR DELETE ON lookback_finding
    FOR EACH ROW EXECUTE FUNCTION lookback_check_finding();
"""

BACKWARD = """
DROP TRIGGER lookback_finding_checked ON lookback_finding;
DROP FUNCTION lookback_check_finding();
DROP TRIGGER lookback_look_back_checked ON lookback_lookback;
DROP FUNCTION lookback_check_look_back();
"""


class Migration(migrations.Migration):
    dependencies = [("lookback", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
