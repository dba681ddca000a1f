"""What is no veto and recovers before anybody ordered anything may end by itself, after a passing re-check."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION inspection_check_finding() RETURNS trigger LANGUAGE plpgsql AS $$
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
        IF NOT inspection_may_move(OLD.state, NEW.state)
           AND NOT (OLD.state = 'open' AND NEW.state = 'closed' AND NOT OLD.is_veto) THEN
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
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION inspection_check_finding() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("inspection", "0002_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
