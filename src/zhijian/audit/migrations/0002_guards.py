"""Events and seals are insert-only: PostgreSQL refuses to change, delete or truncate them."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION zhijian_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_event_insert_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER audit_seal_insert_only BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER audit_sealedevent_insert_only BEFORE UPDATE OR DELETE ON audit_sealedevent
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER audit_sealedevent_no_truncate BEFORE TRUNCATE ON audit_sealedevent
    FOR EACH STATEMENT EXECUTE FUNCTION zhijian_insert_only();
"""

BACKWARD = """
DROP TRIGGER audit_event_insert_only ON audit_event;
DROP TRIGGER audit_event_no_truncate ON audit_event;
DROP TRIGGER audit_seal_insert_only ON audit_seal;
DROP TRIGGER audit_seal_no_truncate ON audit_seal;
DROP TRIGGER audit_sealedevent_insert_only ON audit_sealedevent;
DROP TRIGGER audit_sealedevent_no_truncate ON audit_sealedevent;
DROP FUNCTION zhijian_insert_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
