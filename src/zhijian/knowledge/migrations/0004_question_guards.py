"""PostgreSQL itself lets no answer into force that is not the exact version its reviewers approved.

A version is written once. An entry is made without an answer in force; `approved_version` is set only to a version of
this entry whose hash an approved review covers at that moment (the review is locked, so that an edit that ends it comes
first or waits). While an answer is in force its review cannot be voided without taking the answer out in the same
transaction. An entry is withdrawn, never deleted.
"""

from django.db import migrations

FORWARD = """
CREATE TRIGGER knowledge_questionversion_insert_only BEFORE UPDATE OR DELETE ON knowledge_questionversion
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();

CREATE FUNCTION knowledge_check_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an entry is withdrawn, not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.organisation_id IS DISTINCT FROM OLD.organisation_id THEN
        RAISE EXCEPTION 'an entry keeps its body' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.approved_version_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'an entry begins without an answer in force' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.approved_version_id IS NOT DISTINCT FROM OLD.approved_version_id THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM knowledge_questionversion v
      JOIN review_review r ON r.thing_kind = 'knowledge.answer' AND r.thing_id = v.entry_id
                          AND r.version_hash = v.content_hash
     WHERE v.id = NEW.approved_version_id AND v.entry_id = NEW.id AND r.state = 'approved'
       FOR SHARE OF r;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'version % is not approved', NEW.approved_version_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER knowledge_question_checked BEFORE INSERT OR UPDATE OR DELETE ON knowledge_question
    FOR EACH ROW EXECUTE FUNCTION knowledge_check_question();

CREATE FUNCTION knowledge_check_voided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM knowledge_question q JOIN knowledge_questionversion v ON v.id = q.approved_version_id
         WHERE q.id = NEW.thing_id AND v.content_hash = NEW.version_hash
           AND NOT EXISTS (SELECT 1 FROM review_review r
                            WHERE r.thing_kind = 'knowledge.answer' AND r.thing_id = q.id
                              AND r.version_hash = v.content_hash AND r.state = 'approved')
    ) THEN
        RAISE EXCEPTION 'the answer of entry % is still in force', NEW.thing_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER knowledge_review_voided AFTER UPDATE OF state ON review_review
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.thing_kind = 'knowledge.answer' AND NEW.state = 'voided')
    EXECUTE FUNCTION knowledge_check_voided();
"""

BACKWARD = """
DROP TRIGGER knowledge_review_voided ON review_review;
DROP FUNCTION knowledge_check_voided();
DROP TRIGGER knowledge_question_checked ON knowledge_question;
DROP FUNCTION knowledge_check_question();
DROP TRIGGER knowledge_questionversion_insert_only ON knowledge_questionversion;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0003_questions_and_answers"),
        ("review", "0002_guards"),
        ("audit", "0002_guards"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
