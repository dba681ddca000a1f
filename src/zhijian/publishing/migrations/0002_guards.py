"""PostgreSQL itself sends nothing unreviewed.

A delivery begins planned and empty. An item is accepted only while its delivery is planned, and only when its revision
belongs to its article, carries the stated hash, and an approved review covers exactly that hash. A delivery leaves
`planned` (or is sent again after `failed`) only while every item is still approved. Items never change afterwards,
save the address readers find them at and whether they are live.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION publishing_is_approved(article bigint, revision bigint, hash text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM content_revision r
        JOIN review_review v
          ON v.thing_kind = 'content.article' AND v.thing_id = r.article_id
         AND v.version_hash = r.content_hash AND v.state = 'approved'
        WHERE r.id = revision AND r.article_id = article AND r.content_hash = hash
    )
$$;

CREATE FUNCTION publishing_check_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE delivery_state text; delivery_account bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a delivery keeps its items' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.delivery_id, NEW.position, NEW.account_id, NEW.article_id, NEW.revision_id, NEW.version_hash)
           IS DISTINCT FROM
           (OLD.delivery_id, OLD.position, OLD.account_id, OLD.article_id, OLD.revision_id, OLD.version_hash) THEN
            RAISE EXCEPTION 'an item of a delivery does not change' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT d.state, d.account_id INTO delivery_state, delivery_account
      FROM publishing_delivery d WHERE d.id = NEW.delivery_id FOR UPDATE;
    IF delivery_state IS DISTINCT FROM 'planned' OR delivery_account IS DISTINCT FROM NEW.account_id THEN
        RAISE EXCEPTION 'items are added to a planned delivery of the same account only'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT publishing_is_approved(NEW.article_id, NEW.revision_id, NEW.version_hash) THEN
        RAISE EXCEPTION 'revision % is not approved', NEW.revision_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publishing_deliveryitem_checked BEFORE INSERT OR UPDATE OR DELETE ON publishing_deliveryitem
    FOR EACH ROW EXECUTE FUNCTION publishing_check_item();

CREATE FUNCTION publishing_check_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'planned' THEN
            RAISE EXCEPTION 'a delivery begins planned' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.account_id, NEW.connection_id, NEW.key) IS DISTINCT FROM (OLD.account_id, OLD.connection_id, OLD.key) THEN
        RAISE EXCEPTION 'a delivery keeps its account and key' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('sending', 'submitted', 'published', 'manual_pending') AND OLD.state IN ('planned', 'failed') THEN
        IF NOT EXISTS (SELECT 1 FROM publishing_deliveryitem i WHERE i.delivery_id = NEW.id)
           OR EXISTS (
               SELECT 1 FROM publishing_deliveryitem i WHERE i.delivery_id = NEW.id
                  AND NOT publishing_is_approved(i.article_id, i.revision_id, i.version_hash)
           ) THEN
            RAISE EXCEPTION 'delivery % is not wholly approved', NEW.id USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publishing_delivery_checked BEFORE INSERT OR UPDATE ON publishing_delivery
    FOR EACH ROW EXECUTE FUNCTION publishing_check_delivery();
"""

BACKWARD = """
DROP TRIGGER publishing_delivery_checked ON publishing_delivery;
DROP FUNCTION publishing_check_delivery();
DROP TRIGGER publishing_deliveryitem_checked ON publishing_deliveryitem;
DROP FUNCTION publishing_check_item();
DROP FUNCTION publishing_is_approved(bigint, bigint, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0001_initial"),
        ("content", "0002_guards"),
        ("review", "0002_guards"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
