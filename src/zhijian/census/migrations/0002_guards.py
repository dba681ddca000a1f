"""What PostgreSQL itself holds of a census, whatever writes to it.

A table counts as signed only by a review that approved exactly its version, or where it lists no account at all. What
is being signed, is signed, or belongs to a census that is over does not change. A census goes forward only, and once it
has been sent out nothing of the question changes but the deadline, which moves to a later day.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION census_check_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.sheet_id ELSE NEW.sheet_id END;
    allowed boolean;
BEGIN
    SELECT s.state IN ('not_started', 'filling', 'returned') AND c.state IN ('opening', 'running') INTO allowed
      FROM census_sheet s JOIN census_campaign c ON c.id = s.campaign_id WHERE s.id = held;
    IF NOT COALESCE(allowed, false) OR (TG_OP = 'UPDATE' AND NEW.sheet_id <> OLD.sheet_id) THEN
        RAISE EXCEPTION 'the table of this row is not being filled in' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER census_row_checked BEFORE INSERT OR UPDATE OR DELETE ON census_row
    FOR EACH ROW EXECUTE FUNCTION census_check_row();

CREATE FUNCTION census_check_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a table of a census stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.campaign_id = OLD.campaign_id AND NEW.organisation_id = OLD.organisation_id
       AND OLD.state = 'signed' AND NEW.state = 'signed' AND NEW.version_hash <> OLD.version_hash THEN
        RAISE EXCEPTION 'a signed table does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.campaign_id <> OLD.campaign_id OR NEW.organisation_id <> OLD.organisation_id) THEN
        RAISE EXCEPTION 'a table belongs to one body and one census' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'signed' AND (TG_OP = 'INSERT' OR OLD.state <> 'signed') AND NOT EXISTS (
        SELECT 1 FROM review_review r WHERE r.thing_kind = 'census.sheet' AND r.thing_id = NEW.id
           AND r.version_hash = NEW.version_hash AND r.state = 'approved'
    ) AND EXISTS (SELECT 1 FROM census_row w WHERE w.sheet_id = NEW.id) THEN
        RAISE EXCEPTION 'table % was not signed in this version', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER census_sheet_checked BEFORE INSERT OR UPDATE OR DELETE ON census_sheet
    FOR EACH ROW EXECUTE FUNCTION census_check_sheet();

CREATE FUNCTION census_check_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'opening'), ('opening', 'running'), ('running', 'closed')
    ) THEN
        RAISE EXCEPTION 'a census goes from % not to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND (
        NEW.title <> OLD.title OR NEW.basis <> OLD.basis OR NEW.guidance <> OLD.guidance OR NEW.layout <> OLD.layout
        OR NEW.scope_id <> OLD.scope_id OR NEW.organisation_id <> OLD.organisation_id OR NEW.levels <> OLD.levels
        OR NEW.kinds <> OLD.kinds OR NEW.problem_kinds <> OLD.problem_kinds OR NEW.due_on < OLD.due_on
        OR (OLD.state = 'closed' AND NEW.due_on <> OLD.due_on)
    ) THEN
        RAISE EXCEPTION 'a census that was sent out does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER census_campaign_checked BEFORE UPDATE ON census_campaign
    FOR EACH ROW EXECUTE FUNCTION census_check_campaign();
"""
BACKWARD = """
DROP TRIGGER census_campaign_checked ON census_campaign;
DROP FUNCTION census_check_campaign();
DROP TRIGGER census_sheet_checked ON census_sheet;
DROP FUNCTION census_check_sheet();
DROP TRIGGER census_row_checked ON census_row;
DROP FUNCTION census_check_row();
"""


class Migration(migrations.Migration):
    dependencies = [("census", "0001_initial"), ("review", "0002_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
