"""What PostgreSQL itself holds of contracts: none is deleted, none changes its body or vendor, none comes back."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION vendors_check_contract() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a contract is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.organisation_id, NEW.created_by_id, NEW.created_at)
       IS DISTINCT FROM (OLD.organisation_id, OLD.created_by_id, OLD.created_at) THEN
        RAISE EXCEPTION 'a contract keeps its body' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'every change of a contract counts' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.ended_on IS NOT NULL AND (NEW.ended_on, NEW.ended_reason, NEW.begins_on, NEW.ends_on)
       IS DISTINCT FROM (OLD.ended_on, OLD.ended_reason, OLD.begins_on, OLD.ends_on) THEN
        RAISE EXCEPTION 'a contract that was ended stays ended' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vendors_contract_checked BEFORE UPDATE OR DELETE ON vendors_contract
    FOR EACH ROW EXECUTE FUNCTION vendors_check_contract();

CREATE FUNCTION vendors_check_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'who was named stays named' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.access_ended_at IS NOT NULL AND NEW.access_ended_at IS DISTINCT FROM OLD.access_ended_at THEN
        RAISE EXCEPTION 'access that ended does not come back' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vendors_person_checked BEFORE UPDATE OR DELETE ON vendors_namedperson
    FOR EACH ROW EXECUTE FUNCTION vendors_check_person();
"""

BACKWARD = """
DROP TRIGGER vendors_person_checked ON vendors_namedperson;
DROP FUNCTION vendors_check_person();
DROP TRIGGER vendors_contract_checked ON vendors_contract;
DROP FUNCTION vendors_check_contract();
"""


class Migration(migrations.Migration):
    dependencies = [("vendors", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
