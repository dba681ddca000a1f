"""What PostgreSQL itself holds of impostors.

Reports, evidence, letters and the history are written once. A case moves only along its table of states, keeps how it
came, and counts every change; it is confirmed only with evidence.
"""

from django.db import migrations

TABLES = ("impostors_report", "impostors_evidence", "impostors_letter", "impostors_entry")

ONCE = "\n".join(
    f"""
CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION zhijian_insert_only();
"""
    for table in TABLES
)
ONCE_BACKWARD = "\n".join(
    f"DROP TRIGGER {table}_insert_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table};" for table in TABLES
)

FORWARD = """
CREATE SEQUENCE impostors_case_number;

CREATE FUNCTION impostors_may_move(was text, becomes text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT becomes = ANY(CASE was
        WHEN 'new' THEN ARRAY['verifying', 'confirmed', 'unfounded']
        WHEN 'verifying' THEN ARRAY['confirmed', 'unfounded']
        WHEN 'confirmed' THEN ARRAY['requested', 'removed']
        WHEN 'requested' THEN ARRAY['removed', 'refused']
        WHEN 'refused' THEN ARRAY['requested', 'removed']
        WHEN 'removed' THEN ARRAY['verifying', 'new']
        WHEN 'unfounded' THEN ARRAY['verifying']
        ELSE ARRAY[]::text[]
    END)
$$;

CREATE FUNCTION impostors_check_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a case is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'new' THEN
            RAISE EXCEPTION 'a case begins new' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.number, NEW.origin, NEW.opened_by_id, NEW.opened_at)
       IS DISTINCT FROM (OLD.number, OLD.origin, OLD.opened_by_id, OLD.opened_at) THEN
        RAISE EXCEPTION 'a case keeps how it came' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'every change of a case counts' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state THEN
        IF NOT impostors_may_move(OLD.state, NEW.state) THEN
            RAISE EXCEPTION 'a case does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state = 'confirmed' AND NOT EXISTS (
            SELECT 1 FROM impostors_evidence e WHERE e.case_id = NEW.id
        ) THEN
            RAISE EXCEPTION 'a case is confirmed with evidence' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state = 'requested' AND NOT EXISTS (
            SELECT 1 FROM impostors_letter l WHERE l.case_id = NEW.id
        ) THEN
            RAISE EXCEPTION 'a platform is asked by a letter' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER impostors_case_checked BEFORE INSERT OR UPDATE OR DELETE ON impostors_case
    FOR EACH ROW EXECUTE FUNCTION impostors_check_case();
"""

BACKWARD = """
DROP TRIGGER impostors_case_checked ON impostors_case;
DROP FUNCTION impostors_check_case();
DROP FUNCTION impostors_may_move(text, text);
DROP SEQUENCE impostors_case_number;
"""


class Migration(migrations.Migration):
    dependencies = [("impostors", "0001_initial"), ("audit", "0002_guards")]
    operations = [migrations.RunSQL(ONCE, ONCE_BACKWARD), migrations.RunSQL(FORWARD, BACKWARD)]
