"""What a case accuses stays as the evidence shows it, and a finding that was wrong can be taken back.

Whom a case accuses, and of imitating whom, changes only while it is new or looked into. A registered account in use is
never confirmed as an impostor, by its address or its id. Every state but the first two leads back to looking into it.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION impostors_may_move(was text, becomes text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT becomes = ANY(CASE was
        WHEN 'new' THEN ARRAY['verifying', 'confirmed', 'unfounded']
        WHEN 'verifying' THEN ARRAY['confirmed', 'unfounded']
        WHEN 'confirmed' THEN ARRAY['requested', 'removed', 'verifying']
        WHEN 'requested' THEN ARRAY['removed', 'refused', 'verifying']
        WHEN 'refused' THEN ARRAY['requested', 'removed', 'verifying']
        WHEN 'removed' THEN ARRAY['verifying', 'new']
        WHEN 'unfounded' THEN ARRAY['verifying']
        ELSE ARRAY[]::text[]
    END)
$$;

CREATE FUNCTION impostors_check_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state NOT IN ('new', 'verifying') OR NEW.state NOT IN ('new', 'verifying')) AND
       (NEW.name, NEW.name_key, NEW.platform, NEW.url, NEW.url_key, NEW.platform_uid, NEW.account_id,
        NEW.organisation_id) IS DISTINCT FROM
       (OLD.name, OLD.name_key, OLD.platform, OLD.url, OLD.url_key, OLD.platform_uid, OLD.account_id,
        OLD.organisation_id) THEN
        RAISE EXCEPTION 'whom a case accuses stays as the evidence shows it' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'confirmed' AND OLD.state <> 'confirmed' AND EXISTS (
        SELECT 1 FROM registry_account a
         WHERE a.state IN ('approved', 'registered', 'active', 'frozen', 'closing')
           AND ((NEW.url_key <> '' AND a.url_key = NEW.url_key)
             OR (NEW.platform_uid <> '' AND a.platform = NEW.platform AND a.platform_uid = NEW.platform_uid))
    ) THEN
        RAISE EXCEPTION 'a registered account is no impostor' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER impostors_finding_checked BEFORE UPDATE ON impostors_case
    FOR EACH ROW EXECUTE FUNCTION impostors_check_finding();
"""

BACKWARD = """
DROP TRIGGER impostors_finding_checked ON impostors_case;
DROP FUNCTION impostors_check_finding();
CREATE OR REPLACE FUNCTION impostors_may_move(was text, becomes text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT becomes = ANY(CASE was
        WHEN 'new' THEN ARRAY['verifying', 'confirmed', 'unfounded']
        WHEN 'verifying' THEN ARRAY['confirmed', 'unfounded']
        WHEN 'confirmed' THEN ARRAY['requested', 'removed']
        WHEN 'requested' THEN ARRAY['removed', 'refused']
        WHEN 'refused' THEN ARRAY['requested', 'removed']
        WHEN 'removed' THEN ARRAY['verifying', 'new']
        WHEN 'unfounded' THEN ARRAY['verifying']
        ELSE ARRAY[]::text[]
    END)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("impostors", "0002_guards"), ("registry", "0008_findings_of_who_may_not")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
