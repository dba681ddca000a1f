"""What PostgreSQL itself holds of the register, whatever writes to it.

Register numbers come from a sequence. An opening filing reaches review or approval only where no other live account
holds the body's place on that platform, is approved only by a review that approved exactly its version, and never
changes afterwards. (The unique index of 0001 holds the same line over the accounts.)
"""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE registry_account_number;

CREATE FUNCTION registry_check_filing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'approved' AND (
        NEW.state <> 'approved' OR NEW.version_hash <> OLD.version_hash OR NEW.form <> OLD.form
        OR NEW.organisation_id <> OLD.organisation_id OR NEW.platform <> OLD.platform
        OR NEW.platform_group <> OLD.platform_group OR NEW.name <> OLD.name
        OR NEW.account_id IS DISTINCT FROM OLD.account_id
    ) THEN
        RAISE EXCEPTION 'an approved filing does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.kind = 'opening' AND NEW.state IN ('in_review', 'approved') AND EXISTS (
        SELECT 1 FROM registry_account a
        WHERE a.organisation_id = NEW.organisation_id AND a.platform_group = NEW.platform_group AND a.holds_place
          AND a.state IN ('approved', 'registered', 'active', 'frozen', 'closing', 'unfiled')
          AND a.id IS DISTINCT FROM NEW.account_id
    ) THEN
        RAISE EXCEPTION 'the body has a live account on this platform' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'approved' AND (TG_OP = 'INSERT' OR OLD.state <> 'approved') AND NOT EXISTS (
        SELECT 1 FROM review_review r
        WHERE r.thing_kind = 'registry.filing' AND r.thing_id = NEW.id
          AND r.version_hash = NEW.version_hash AND r.state = 'approved'
    ) THEN
        RAISE EXCEPTION 'filing % was not approved in this version', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_filing_checked BEFORE INSERT OR UPDATE ON registry_filing
    FOR EACH ROW EXECUTE FUNCTION registry_check_filing();
"""

BACKWARD = """
DROP TRIGGER registry_filing_checked ON registry_filing;
DROP FUNCTION registry_check_filing();
DROP SEQUENCE registry_account_number;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("review", "0002_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
