"""An account is asked in one running drive at a time, and its question follows it to the body that has it now.

Two drives that are sent at one moment take turns by the lock that the action takes as well.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION drives_refuse_twice(held bigint, asked bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7204);
    IF EXISTS (
        SELECT 1 FROM drives_target mine
        JOIN drives_target other ON other.account_id = mine.account_id AND other.drive_id <> mine.drive_id
        JOIN drives_drive that ON that.id = other.drive_id AND that.state = 'sent'
        WHERE mine.drive_id = held AND (asked IS NULL OR mine.account_id = asked)
    ) THEN
        RAISE EXCEPTION 'an account is asked in another drive that runs' USING ERRCODE = 'restrict_violation';
    END IF;
END $$;
CREATE FUNCTION drives_send_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM drives_refuse_twice(NEW.id, NULL);
    RETURN NULL;
END $$;
CREATE FUNCTION drives_add_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM drives_drive WHERE id = NEW.drive_id) = 'sent' THEN
        PERFORM drives_refuse_twice(NEW.drive_id, NEW.account_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER drives_sent_asks_once AFTER UPDATE OF state ON drives_drive
    FOR EACH ROW WHEN (OLD.state = 'draft' AND NEW.state = 'sent') EXECUTE FUNCTION drives_send_once();
CREATE TRIGGER drives_added_asks_once AFTER INSERT ON drives_target
    FOR EACH ROW EXECUTE FUNCTION drives_add_once();

CREATE FUNCTION drives_follow_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.organisation_id IS DISTINCT FROM (SELECT organisation_id FROM registry_account WHERE id = NEW.account_id)
       OR (SELECT state FROM drives_drive WHERE id = NEW.drive_id) = 'closed' THEN
        RAISE EXCEPTION 'a target goes only to the body of its account' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drives_target_followed BEFORE UPDATE OF organisation_id ON drives_target
    FOR EACH ROW WHEN (OLD.organisation_id <> NEW.organisation_id) EXECUTE FUNCTION drives_follow_account();
"""
BACKWARD = """
DROP TRIGGER drives_target_followed ON drives_target;
DROP FUNCTION drives_follow_account();
DROP TRIGGER drives_added_asks_once ON drives_target;
DROP TRIGGER drives_sent_asks_once ON drives_drive;
DROP FUNCTION drives_add_once();
DROP FUNCTION drives_send_once();
DROP FUNCTION drives_refuse_twice(bigint, bigint);
"""


def check_target(*, body: str) -> str:
    """Return the guard of a target of 0002, with what it says of the body of a target that was sent."""
    return f"""
CREATE OR REPLACE FUNCTION drives_check_target() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.drive_id <> OLD.drive_id OR NEW.account_id <> OLD.account_id {body}
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
"""


FIXED = "OR NEW.organisation_id <> OLD.organisation_id"


class Migration(migrations.Migration):
    dependencies = [("drives", "0002_guards")]
    operations = [
        migrations.RunSQL(check_target(body=""), check_target(body=FIXED)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
