"""What PostgreSQL itself holds of inspection.

Verdicts, orders, replies and re-checks are written once. A finding moves only along its table of states, keeps what it
rests on and counts every change; it is written off only by an accepted appeal, and closed only by a passing re-check.
"""

from django.db import migrations

TABLES = ("inspection_verdict", "inspection_order", "inspection_reply", "inspection_recheck")

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
CREATE SEQUENCE inspection_order_number;

CREATE FUNCTION inspection_may_move(was text, becomes text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT becomes = ANY(CASE was
        WHEN 'open' THEN ARRAY['ordered', 'written_off']
        WHEN 'ordered' THEN ARRAY['answered', 'closed', 'written_off']
        WHEN 'answered' THEN ARRAY['ordered', 'closed', 'written_off']
        ELSE ARRAY[]::text[]
    END)
$$;

CREATE FUNCTION inspection_check_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a finding is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            RAISE EXCEPTION 'a finding begins open' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.account_id, NEW.indicator, NEW.key, NEW.verdict_id, NEW.found_at, NEW.repeat_of_id)
       IS DISTINCT FROM (OLD.account_id, OLD.indicator, OLD.key, OLD.verdict_id, OLD.found_at, OLD.repeat_of_id) THEN
        RAISE EXCEPTION 'a finding keeps what it rests on' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'every change of a finding counts' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state THEN
        IF NOT inspection_may_move(OLD.state, NEW.state) THEN
            RAISE EXCEPTION 'a finding does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state = 'written_off' AND NOT EXISTS (
            SELECT 1 FROM inspection_appeal a WHERE a.finding_id = NEW.id AND a.state = 'accepted'
        ) THEN
            RAISE EXCEPTION 'only an accepted appeal writes off' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state = 'closed' AND NOT EXISTS (
            SELECT 1 FROM inspection_recheck r WHERE r.finding_id = NEW.id AND r.result = 'pass'
        ) THEN
            RAISE EXCEPTION 'only a passing re-check closes' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_finding_checked BEFORE INSERT OR UPDATE OR DELETE ON inspection_finding
    FOR EACH ROW EXECUTE FUNCTION inspection_check_finding();

CREATE FUNCTION inspection_check_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'open' OR (NEW.finding_id, NEW.by_id, NEW.reason, NEW.proof, NEW.at)
       IS DISTINCT FROM (OLD.finding_id, OLD.by_id, OLD.reason, OLD.proof, OLD.at) THEN
        RAISE EXCEPTION 'an appeal is decided once and keeps its words' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_appeal_checked BEFORE UPDATE OR DELETE ON inspection_appeal
    FOR EACH ROW EXECUTE FUNCTION inspection_check_appeal();
"""

BACKWARD = """
DROP TRIGGER inspection_appeal_checked ON inspection_appeal;
DROP FUNCTION inspection_check_appeal();
DROP TRIGGER inspection_finding_checked ON inspection_finding;
DROP FUNCTION inspection_check_finding();
DROP FUNCTION inspection_may_move(text, text);
DROP SEQUENCE inspection_order_number;
"""


class Migration(migrations.Migration):
    dependencies = [("inspection", "0001_initial"), ("audit", "0002_guards")]
    operations = [migrations.RunSQL(ONCE, ONCE_BACKWARD), migrations.RunSQL(FORWARD, BACKWARD)]
