"""An administrator holds no business role, and who holds one is no administrator: PostgreSQL refuses the mixture.

The partial unique index keeps the three administrators apart; this keeps them apart from everybody else. The person's
row is locked, so that two grants at once cannot slip past each other.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION organisations_check_roles() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE administrators text[] := ARRAY['system_admin', 'security_admin', 'audit_admin'];
BEGIN
    IF NEW.revoked_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM organisations_user u WHERE u.id = NEW.user_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM organisations_roleassignment r
         WHERE r.user_id = NEW.user_id AND r.revoked_at IS NULL AND r.id IS DISTINCT FROM NEW.id
           AND (r.role = ANY(administrators)) <> (NEW.role = ANY(administrators))
    ) THEN
        RAISE EXCEPTION 'an administrator holds no business role' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organisations_roles_separate BEFORE INSERT OR UPDATE ON organisations_roleassignment
    FOR EACH ROW EXECUTE FUNCTION organisations_check_roles();
"""

BACKWARD = """
DROP TRIGGER organisations_roles_separate ON organisations_roleassignment;
DROP FUNCTION organisations_check_roles();
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_api_tokens")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
