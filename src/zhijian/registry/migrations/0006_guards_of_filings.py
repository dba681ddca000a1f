"""What PostgreSQL itself holds of filings, exemptions, notices and the end of an account, whatever writes to them.

A second account on a platform is opened only under an exemption that waits for it. An account ends only by an approved
filing of its own with the platform's proof attached. An exemption is granted by an approved filing and never changed
but to be taken and ended; a notice never changes.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION registry_check_filing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'approved' AND (
        NEW.state <> 'approved' OR NEW.version_hash <> OLD.version_hash OR NEW.form <> OLD.form
        OR NEW.organisation_id <> OLD.organisation_id OR NEW.platform <> OLD.platform
        OR NEW.platform_group <> OLD.platform_group OR NEW.name <> OLD.name OR NEW.kind <> OLD.kind
        OR NEW.account_id IS DISTINCT FROM OLD.account_id
    ) THEN
        RAISE EXCEPTION 'an approved filing does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.kind = 'opening' AND NEW.state IN ('in_review', 'approved') AND EXISTS (
        SELECT 1 FROM registry_account a
        WHERE a.organisation_id = NEW.organisation_id AND a.platform_group = NEW.platform_group AND a.holds_place
          AND a.state IN ('approved', 'registered', 'active', 'frozen', 'closing', 'unfiled')
          AND a.id IS DISTINCT FROM NEW.account_id
    ) AND NOT EXISTS (
        SELECT 1 FROM registry_exemption e
        WHERE e.organisation_id = NEW.organisation_id AND e.platform_group = NEW.platform_group
          AND e.ended_at IS NULL
          AND (e.account_id IS NULL OR e.account_id IS NOT DISTINCT FROM NEW.account_id)
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

CREATE FUNCTION registry_check_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM registry_filing f
        WHERE f.account_id = NEW.id AND f.kind = 'deregister' AND f.state = 'approved'
          AND f.form->'attachments' @> '[{"slot": "proof"}]'
    ) THEN
        RAISE EXCEPTION 'account % ends only by an approved filing with proof', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_account_ends BEFORE UPDATE OF state ON registry_account
    FOR EACH ROW WHEN (NEW.state = 'deregistered' AND OLD.state <> 'deregistered')
    EXECUTE FUNCTION registry_check_end();

CREATE FUNCTION registry_check_exemption() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an exemption is ended, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT 1 FROM registry_filing f
        WHERE f.id = NEW.filing_id AND f.kind = 'exemption' AND f.state = 'approved'
          AND f.organisation_id = NEW.organisation_id AND f.platform_group = NEW.platform_group
    ) THEN
        RAISE EXCEPTION 'an exemption needs an approved filing' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        NEW.organisation_id <> OLD.organisation_id OR NEW.platform_group <> OLD.platform_group
        OR NEW.filing_id <> OLD.filing_id OR NEW.grounds <> OLD.grounds OR NEW.granted_on <> OLD.granted_on
        OR NEW.valid_until <> OLD.valid_until
        OR (OLD.account_id IS NOT NULL AND NEW.account_id IS DISTINCT FROM OLD.account_id)
        OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
    ) THEN
        RAISE EXCEPTION 'an exemption is taken and ended, not changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_exemption_checked BEFORE INSERT OR UPDATE OR DELETE ON registry_exemption
    FOR EACH ROW EXECUTE FUNCTION registry_check_exemption();

CREATE FUNCTION registry_keep_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published notice never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER registry_notice_kept BEFORE UPDATE OR DELETE ON registry_notice
    FOR EACH ROW EXECUTE FUNCTION registry_keep_notice();
"""

BACKWARD = """
DROP TRIGGER registry_notice_kept ON registry_notice;
DROP FUNCTION registry_keep_notice();
DROP TRIGGER registry_exemption_checked ON registry_exemption;
DROP FUNCTION registry_check_exemption();
DROP TRIGGER registry_account_ends ON registry_account;
DROP FUNCTION registry_check_end();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_filings_of_every_kind")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
