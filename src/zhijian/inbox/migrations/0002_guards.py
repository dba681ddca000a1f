"""What PostgreSQL itself holds of a case.

History, answers and public wordings are written once. A case moves only along its table of states, keeps its number,
and counts every change. What the citizen gets, and what everybody may read, is an approved version by its exact hash;
a confidential case never becomes public.
"""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE inbox_case_number;

CREATE TRIGGER inbox_entry_insert_only BEFORE UPDATE OR DELETE ON inbox_entry
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER inbox_answer_insert_only BEFORE UPDATE OR DELETE ON inbox_answer
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER inbox_publicationversion_insert_only BEFORE UPDATE OR DELETE ON inbox_publicationversion
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER inbox_rating_insert_only BEFORE UPDATE OR DELETE ON inbox_rating
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();

CREATE FUNCTION inbox_may_move(was text, becomes text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT becomes = ANY(CASE was
        WHEN 'received' THEN ARRAY['received', 'working']
        WHEN 'working' THEN ARRAY['received', 'waiting', 'in_review']
        WHEN 'waiting' THEN ARRAY['working']
        WHEN 'in_review' THEN ARRAY['working', 'answered', 'redirected']
        WHEN 'answered' THEN ARRAY['working']
        WHEN 'redirected' THEN ARRAY['working']
        ELSE ARRAY[]::text[]
    END)
$$;

CREATE FUNCTION inbox_is_approved(kind text, thing bigint, hash text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM review_review r WHERE r.thing_kind = kind AND r.thing_id = thing
                   AND r.version_hash = hash AND r.state = 'approved')
$$;

CREATE FUNCTION inbox_check_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'received' OR NEW.sent_answer_id IS NOT NULL THEN
            RAISE EXCEPTION 'a case begins received' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.number, NEW.key_digest, NEW.intake_id, NEW.received_at, NEW.is_confidential)
       IS DISTINCT FROM (OLD.number, OLD.key_digest, OLD.intake_id, OLD.received_at, OLD.is_confidential) THEN
        RAISE EXCEPTION 'a case keeps its number, its key and its secrecy' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'every change of a case counts' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT inbox_may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'a case does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('answered', 'redirected') AND NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM inbox_answer a WHERE a.id = NEW.sent_answer_id AND a.case_id = NEW.id
           AND inbox_is_approved('inbox.answer', NEW.id, a.content_hash)
    ) THEN
        RAISE EXCEPTION 'only an approved answer closes a case' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inbox_case_checked BEFORE INSERT OR UPDATE ON inbox_case
    FOR EACH ROW EXECUTE FUNCTION inbox_check_case();
CREATE TRIGGER inbox_case_kept BEFORE DELETE ON inbox_case
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();

CREATE FUNCTION inbox_check_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM inbox_case c WHERE c.id = NEW.case_id AND c.is_confidential) THEN
        RAISE EXCEPTION 'a confidential case is never made public' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.state = 'shown') <> (NEW.shown_id IS NOT NULL) THEN
        RAISE EXCEPTION 'what is shown names its version' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.shown_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM inbox_publicationversion v WHERE v.id = NEW.shown_id AND v.publication_id = NEW.id
           AND inbox_is_approved('inbox.publication', NEW.id, v.content_hash)
    ) THEN
        RAISE EXCEPTION 'only an approved version is made public' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inbox_publication_checked BEFORE INSERT OR UPDATE ON inbox_publication
    FOR EACH ROW EXECUTE FUNCTION inbox_check_publication();

CREATE FUNCTION inbox_check_outgoing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.entry_id <> OLD.entry_id OR NEW.case_id <> OLD.case_id THEN
        RAISE EXCEPTION 'an outgoing word keeps its entry' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('sent', 'unknown', 'undeliverable', 'failed') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'an outgoing word that is % stays so', OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inbox_outgoing_checked BEFORE UPDATE ON inbox_outgoing
    FOR EACH ROW EXECUTE FUNCTION inbox_check_outgoing();
"""

BACKWARD = """
DROP TRIGGER inbox_outgoing_checked ON inbox_outgoing;
DROP FUNCTION inbox_check_outgoing();
DROP TRIGGER inbox_publication_checked ON inbox_publication;
DROP FUNCTION inbox_check_publication();
DROP TRIGGER inbox_case_kept ON inbox_case;
DROP TRIGGER inbox_case_checked ON inbox_case;
DROP FUNCTION inbox_check_case();
DROP FUNCTION inbox_is_approved(text, bigint, text);
DROP FUNCTION inbox_may_move(text, text);
DROP TRIGGER inbox_rating_insert_only ON inbox_rating;
DROP TRIGGER inbox_publicationversion_insert_only ON inbox_publicationversion;
DROP TRIGGER inbox_answer_insert_only ON inbox_answer;
DROP TRIGGER inbox_entry_insert_only ON inbox_entry;
DROP SEQUENCE inbox_case_number;
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_initial"), ("review", "0002_guards"), ("audit", "0002_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
