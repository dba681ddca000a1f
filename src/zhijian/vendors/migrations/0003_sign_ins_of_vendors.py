"""A contract names only sign-ins that were opened for a vendor: PostgreSQL refuses a colleague's.

Those that contracts name already become vendors', unless they hold what only the body's own people may: these are left
as they are, and no contract's end touches them.
"""

from django.db import migrations

MARK = """
UPDATE organisations_user u SET is_of_vendor = true
 WHERE EXISTS (SELECT 1 FROM vendors_namedperson p WHERE p.user_id = u.id AND p.access_ended_at IS NULL)
   AND NOT EXISTS (
       SELECT 1 FROM organisations_roleassignment r
        WHERE r.user_id = u.id AND r.revoked_at IS NULL AND r.role = ANY(organisations_own_people_roles())
   );
"""

FORWARD = """
CREATE FUNCTION vendors_check_sign_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.user_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM organisations_user u WHERE u.id = NEW.user_id AND u.is_of_vendor
    ) THEN
        RAISE EXCEPTION 'a contract names sign-ins of its vendor only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vendors_person_is_of_vendor BEFORE INSERT OR UPDATE OF user_id ON vendors_namedperson
    FOR EACH ROW EXECUTE FUNCTION vendors_check_sign_in();
"""

BACKWARD = """
DROP TRIGGER vendors_person_is_of_vendor ON vendors_namedperson;
DROP FUNCTION vendors_check_sign_in();
"""


class Migration(migrations.Migration):
    dependencies = [("vendors", "0002_guards"), ("organisations", "0007_sign_ins_of_vendors")]
    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop), migrations.RunSQL(FORWARD, BACKWARD)]
