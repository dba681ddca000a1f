"""What PostgreSQL itself holds of a drive, whatever writes to it.

A drive goes forward only. Once it was sent it stays, with every target and everything that was said; of the question
nothing changes but the deadline, which moves to a later day. What was said goes by the table of states.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION drives_check_drive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'a drive that was sent stays' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('draft', 'sent'), ('sent', 'closed')) THEN
        RAISE EXCEPTION 'a drive goes from % not to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND (
        NEW.title <> OLD.title OR NEW.basis <> OLD.basis OR NEW.guidance <> OLD.guidance
        OR NEW.organisation_id <> OLD.organisation_id OR NEW.due_on < OLD.due_on
    ) THEN
        RAISE EXCEPTION 'a drive that was sent does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'closed' AND (NEW.due_on <> OLD.due_on OR NEW.report <> OLD.report) THEN
        RAISE EXCEPTION 'a closed drive does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drives_drive_checked BEFORE UPDATE OR DELETE ON drives_drive
    FOR EACH ROW EXECUTE FUNCTION drives_check_drive();

CREATE FUNCTION drives_check_target() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.drive_id ELSE NEW.drive_id END;
    stands text;
BEGIN
    SELECT state INTO stands FROM drives_drive WHERE id = held;
    IF TG_OP = 'INSERT' THEN
        IF stands = 'closed' OR NEW.state <> 'waiting' THEN
            RAISE EXCEPTION 'a closed drive takes no target' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF stands = 'draft' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF NEW.state <> 'waiting' THEN
            RAISE EXCEPTION 'nobody was asked yet' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a drive that was sent loses no target' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.drive_id <> OLD.drive_id OR NEW.account_id <> OLD.account_id OR NEW.organisation_id <> OLD.organisation_id
       OR NEW.act <> OLD.act OR NEW.into_id IS DISTINCT FROM OLD.into_id OR NEW.facts <> OLD.facts THEN
        RAISE EXCEPTION 'a target that was sent does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF stands = 'closed' AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'nothing is answered after the end' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('waiting', 'agreed'), ('waiting', 'asked'), ('agreed', 'asked'), ('refused', 'agreed'), ('refused', 'asked'),
        ('asked', 'kept'), ('asked', 'refused')
    ) THEN
        RAISE EXCEPTION 'a target goes from % not to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drives_target_checked BEFORE INSERT OR UPDATE OR DELETE ON drives_target
    FOR EACH ROW EXECUTE FUNCTION drives_check_target();

CREATE FUNCTION drives_keep_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was said stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER drives_answer_kept BEFORE UPDATE OR DELETE ON drives_answer
    FOR EACH ROW EXECUTE FUNCTION drives_keep_answer();
"""
BACKWARD = """
DROP TRIGGER drives_answer_kept ON drives_answer;
DROP FUNCTION drives_keep_answer();
DROP TRIGGER drives_target_checked ON drives_target;
DROP FUNCTION drives_check_target();
DROP TRIGGER drives_drive_checked ON drives_drive;
DROP FUNCTION drives_check_drive();
"""


class Migration(migrations.Migration):
    dependencies = [("drives", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
