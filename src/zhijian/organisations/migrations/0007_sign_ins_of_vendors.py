"""A sign-in says whether it is for somebody of a vendor; such a one decides nothing: PostgreSQL refuses the mixture.

Taking the mark from a sign-in is left free: it gives back no right by itself.
"""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION organisations_check_vendors_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.revoked_at IS NULL AND NEW.role = ANY(organisations_own_people_roles()) THEN
        PERFORM 1 FROM organisations_user u WHERE u.id = NEW.user_id FOR UPDATE;
        IF EXISTS (SELECT 1 FROM organisations_user u WHERE u.id = NEW.user_id AND u.is_of_vendor) THEN
            RAISE EXCEPTION 'a sign-in of a vendor decides nothing' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION organisations_own_people_roles() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY[
        'system_admin', 'security_admin', 'audit_admin', 'first_reviewer', 'second_reviewer', 'final_reviewer', 'head',
        'host_officer', 'supervising_officer'
    ]
$$;
CREATE TRIGGER organisations_vendors_decide_nothing BEFORE INSERT OR UPDATE ON organisations_roleassignment
    FOR EACH ROW EXECUTE FUNCTION organisations_check_vendors_role();

CREATE FUNCTION organisations_check_vendors_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_of_vendor AND EXISTS (
        SELECT 1 FROM organisations_roleassignment r
         WHERE r.user_id = NEW.id AND r.revoked_at IS NULL AND r.role = ANY(organisations_own_people_roles())
    ) THEN
        RAISE EXCEPTION 'a sign-in of a vendor decides nothing' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organisations_vendors_marked BEFORE UPDATE OF is_of_vendor ON organisations_user
    FOR EACH ROW EXECUTE FUNCTION organisations_check_vendors_mark();
"""

BACKWARD = """
DROP TRIGGER organisations_vendors_marked ON organisations_user;
DROP FUNCTION organisations_check_vendors_mark();
DROP TRIGGER organisations_vendors_decide_nothing ON organisations_roleassignment;
DROP FUNCTION organisations_check_vendors_role();
DROP FUNCTION organisations_own_people_roles();
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0006_past_names_of_bodies")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="is_of_vendor",
            field=models.BooleanField(db_default=False, default=False, verbose_name="给代运营单位的人用"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
