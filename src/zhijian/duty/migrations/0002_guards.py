"""The second wall of the duty room, in PostgreSQL itself.

At one body nobody is on duty twice at one instant; calls and log lines are insert-only; of a hand-over only the
taker's signature may be added, once.
"""

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

FORWARD = """
ALTER TABLE duty_shift ADD CONSTRAINT duty_shift_one_at_a_time
    EXCLUDE USING gist (organisation_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (cancelled_at IS NULL);
CREATE TRIGGER duty_call_insert_only BEFORE UPDATE OR DELETE ON duty_call
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER duty_logentry_insert_only BEFORE UPDATE OR DELETE ON duty_logentry
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();

CREATE FUNCTION duty_check_handover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.taken_at IS NOT NULL
       OR (NEW.organisation_id, NEW.shift_id, NEW.giver_id, NEW.taker_id, NEW.text, NEW.matters, NEW.given_at)
       IS DISTINCT FROM
       (OLD.organisation_id, OLD.shift_id, OLD.giver_id, OLD.taker_id, OLD.text, OLD.matters, OLD.given_at) THEN
        RAISE EXCEPTION 'a hand-over does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER duty_handover_checked BEFORE UPDATE OR DELETE ON duty_handover
    FOR EACH ROW EXECUTE FUNCTION duty_check_handover();
"""

BACKWARD = """
DROP TRIGGER duty_handover_checked ON duty_handover;
DROP FUNCTION duty_check_handover();
DROP TRIGGER duty_logentry_insert_only ON duty_logentry;
DROP TRIGGER duty_call_insert_only ON duty_call;
ALTER TABLE duty_shift DROP CONSTRAINT duty_shift_one_at_a_time;
"""


class Migration(migrations.Migration):
    dependencies = [("duty", "0001_initial"), ("audit", "0002_guards")]
    operations = [BtreeGistExtension(), migrations.RunSQL(FORWARD, BACKWARD)]
