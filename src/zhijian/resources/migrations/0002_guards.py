"""What PostgreSQL itself holds: nothing is deleted, a year that is over changes for a reason only, the log stays."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION resources_check_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a statement is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.organisation_id, NEW.year) IS DISTINCT FROM (OLD.organisation_id, OLD.year) THEN
            RAISE EXCEPTION 'a statement keeps its body and year' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.version <= OLD.version OR NEW.changed_at < OLD.changed_at THEN
            RAISE EXCEPTION 'every change of a statement counts' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF date_part('year', NEW.changed_at AT TIME ZONE 'Asia/Shanghai') > NEW.year AND NEW.late_reason = '' THEN
        RAISE EXCEPTION 'a year that is over changes for a reason only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER resources_statement_checked BEFORE INSERT OR UPDATE OR DELETE ON resources_statement
    FOR EACH ROW EXECUTE FUNCTION resources_check_statement();

CREATE FUNCTION resources_check_paper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'licences and rules are not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.organisation_id, NEW.kind, NEW.replaces_id, NEW.created_by_id, NEW.created_at)
       IS DISTINCT FROM (OLD.organisation_id, OLD.kind, OLD.replaces_id, OLD.created_by_id, OLD.created_at) THEN
        RAISE EXCEPTION 'licences and rules keep their body and what they replace'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'every change counts' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER resources_licence_checked BEFORE UPDATE OR DELETE ON resources_licence
    FOR EACH ROW EXECUTE FUNCTION resources_check_paper();
CREATE TRIGGER resources_rule_checked BEFORE UPDATE OR DELETE ON resources_ruledocument
    FOR EACH ROW EXECUTE FUNCTION resources_check_paper();

CREATE FUNCTION resources_check_ended_licence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a licence that is held no more stays so' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER resources_licence_ended BEFORE UPDATE ON resources_licence
    FOR EACH ROW WHEN (OLD.withdrawn_on IS NOT NULL) EXECUTE FUNCTION resources_check_ended_licence();

CREATE FUNCTION resources_check_ended_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a rule that was abolished stays so' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER resources_rule_ended BEFORE UPDATE ON resources_ruledocument
    FOR EACH ROW WHEN (OLD.abolished_on IS NOT NULL) EXECUTE FUNCTION resources_check_ended_rule();

CREATE FUNCTION resources_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of talks with platforms is only added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER resources_liaison_kept BEFORE UPDATE OR DELETE ON resources_liaisonentry
    FOR EACH ROW EXECUTE FUNCTION resources_refuse_change();
CREATE TRIGGER resources_liaison_not_truncated BEFORE TRUNCATE ON resources_liaisonentry
    FOR EACH STATEMENT EXECUTE FUNCTION resources_refuse_change();

CREATE FUNCTION resources_check_matter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM resources_liaisonentry
               WHERE matter = NEW.matter AND organisation_id <> NEW.organisation_id) THEN
        RAISE EXCEPTION 'a matter keeps its body' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER resources_liaison_matter BEFORE INSERT ON resources_liaisonentry
    FOR EACH ROW EXECUTE FUNCTION resources_check_matter();
"""

BACKWARD = """
DROP TRIGGER resources_liaison_matter ON resources_liaisonentry;
DROP FUNCTION resources_check_matter();
DROP TRIGGER resources_liaison_not_truncated ON resources_liaisonentry;
DROP TRIGGER resources_liaison_kept ON resources_liaisonentry;
DROP FUNCTION resources_refuse_change();
DROP TRIGGER resources_rule_ended ON resources_ruledocument;
DROP FUNCTION resources_check_ended_rule();
DROP TRIGGER resources_licence_ended ON resources_licence;
DROP FUNCTION resources_check_ended_licence();
DROP TRIGGER resources_rule_checked ON resources_ruledocument;
DROP TRIGGER resources_licence_checked ON resources_licence;
DROP FUNCTION resources_check_paper();
DROP TRIGGER resources_statement_checked ON resources_statement;
DROP FUNCTION resources_check_statement();
"""


class Migration(migrations.Migration):
    dependencies = [("resources", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
