"""The second wall of the review engine, in PostgreSQL itself.

Signatures are insert-only; an author's signature is refused; a signature covers the review's own version hash; a
review becomes approved only when every stage is signed, by different people unless its route says otherwise; it never
changes its version or route, and once closed it stays closed: an approval can only be voided.
"""

from django.db import migrations

FORWARD = """
CREATE TRIGGER review_signature_insert_only BEFORE UPDATE OR DELETE ON review_signature
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();

CREATE FUNCTION review_check_signature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found review_review%ROWTYPE;
BEGIN
    SELECT r.* INTO found FROM review_review r JOIN review_stage s ON s.review_id = r.id WHERE s.id = NEW.stage_id;
    IF found.state <> 'open' THEN
        RAISE EXCEPTION 'review % is not open', found.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.person_id = ANY(found.author_ids) THEN
        RAISE EXCEPTION 'an author may not sign their own version' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version_hash <> found.version_hash THEN
        RAISE EXCEPTION 'the signature is for another version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_signature_checked BEFORE INSERT ON review_signature
    FOR EACH ROW EXECUTE FUNCTION review_check_signature();

CREATE FUNCTION review_check_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            RAISE EXCEPTION 'a review begins open' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.version_hash <> OLD.version_hash OR NEW.thing_id <> OLD.thing_id OR NEW.thing_kind <> OLD.thing_kind
       OR NEW.author_ids <> OLD.author_ids THEN
        RAISE EXCEPTION 'a review keeps its version and its authors' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state
       AND OLD.state <> 'open' AND NOT (OLD.state = 'approved' AND NEW.state = 'voided') THEN
        RAISE EXCEPTION 'a review that is % stays so', OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.route <> OLD.route THEN
        RAISE EXCEPTION 'a review keeps its route' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'approved' AND OLD.state <> 'approved' AND (
        NOT EXISTS (SELECT 1 FROM review_stage s WHERE s.review_id = NEW.id)
        OR EXISTS (
            SELECT 1 FROM review_stage s
            LEFT JOIN review_signature g
                   ON g.stage_id = s.id AND g.decision = 'approve' AND g.version_hash = NEW.version_hash
            WHERE s.review_id = NEW.id AND g.id IS NULL
        )
        OR (
            COALESCE((NEW.route ->> 'distinct_signers')::boolean, true)
            AND (SELECT count(DISTINCT g.person_id) FROM review_signature g
                   JOIN review_stage s ON s.id = g.stage_id WHERE s.review_id = NEW.id)
              < (SELECT count(*) FROM review_stage s WHERE s.review_id = NEW.id)
        )
    ) THEN
        RAISE EXCEPTION 'review % is not signed at every stage by different people', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_review_checked BEFORE INSERT OR UPDATE ON review_review
    FOR EACH ROW EXECUTE FUNCTION review_check_review();
"""

BACKWARD = """
DROP TRIGGER review_review_checked ON review_review;
DROP FUNCTION review_check_review();
DROP TRIGGER review_signature_checked ON review_signature;
DROP FUNCTION review_check_signature();
DROP TRIGGER review_signature_insert_only ON review_signature;
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), ("audit", "0002_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
