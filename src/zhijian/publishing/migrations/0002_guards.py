"""PostgreSQL itself sends nothing unreviewed.

A delivery begins planned and empty. An item is accepted only while its delivery is planned, and only when its revision
belongs to its article, carries the stated hash, and an approved review covers exactly that hash. Items never change
afterwards, save the address readers find them at and whether they are live.

A delivery moves only along the arrows below. It leaves `planned` or `failed` towards readers, is published on the
website, or writes down the intent of a step that changes something on a platform, only while every item is approved.
The approvals are locked for that moment: an edit that ends one either comes first, and then nothing is sent, or waits.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION publishing_is_approved(article bigint, revision bigint, hash text) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM 1 FROM review_review v
      JOIN content_revision r ON r.article_id = v.thing_id AND r.content_hash = v.version_hash
     WHERE v.thing_kind = 'content.article' AND v.thing_id = article AND v.state = 'approved'
       AND r.id = revision AND r.content_hash = hash
       FOR SHARE OF v;
    RETURN FOUND;
END $$;

CREATE FUNCTION publishing_require_approved(delivery bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE item record; found_any boolean := false;
BEGIN
    FOR item IN SELECT i.* FROM publishing_deliveryitem i WHERE i.delivery_id = delivery ORDER BY i.article_id LOOP
        found_any := true;
        IF NOT publishing_is_approved(item.article_id, item.revision_id, item.version_hash) THEN
            RAISE EXCEPTION 'revision % of delivery % is not approved', item.revision_id, delivery
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    IF NOT found_any THEN
        RAISE EXCEPTION 'delivery % is empty', delivery USING ERRCODE = 'restrict_violation';
    END IF;
END $$;

CREATE FUNCTION publishing_check_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE delivery_state text; delivery_account bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a delivery keeps its items' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.delivery_id, NEW.position, NEW.account_id, NEW.article_id, NEW.revision_id, NEW.version_hash,
            NEW.title, NEW.files)
           IS DISTINCT FROM
           (OLD.delivery_id, OLD.position, OLD.account_id, OLD.article_id, OLD.revision_id, OLD.version_hash,
            OLD.title, OLD.files) THEN
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

CREATE FUNCTION publishing_may_move(before text, after text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT after = ANY (CASE before
        WHEN 'planned' THEN ARRAY['sending', 'published', 'manual_pending', 'failed', 'rejected', 'cancelled']
        WHEN 'sending' THEN ARRAY['submitted', 'unknown', 'published', 'manual_pending', 'rejected', 'failed',
                                  'cancelled', 'removed']
        WHEN 'submitted' THEN ARRAY['unknown', 'published', 'rejected', 'failed', 'removed']
        WHEN 'unknown' THEN ARRAY['sending', 'submitted', 'published', 'rejected', 'failed', 'cancelled', 'removed']
        WHEN 'failed' THEN ARRAY['sending', 'cancelled']
        WHEN 'manual_pending' THEN ARRAY['published', 'cancelled']
        WHEN 'rejected' THEN ARRAY['cancelled']
        WHEN 'published' THEN ARRAY['removed']
        ELSE ARRAY[]::text[]
    END)
$$;

CREATE FUNCTION publishing_check_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE intent jsonb := NEW.progress -> 'doing';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'planned' OR NEW.progress <> '{}'::jsonb THEN
            RAISE EXCEPTION 'a delivery begins planned' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.account_id, NEW.connection_id, NEW.connector, NEW.organisation_id, NEW.key)
       IS DISTINCT FROM (OLD.account_id, OLD.connection_id, OLD.connector, OLD.organisation_id, OLD.key) THEN
        RAISE EXCEPTION 'a delivery keeps its account and key' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT publishing_may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'a delivery does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.state <> OLD.state AND (
            (OLD.state IN ('planned', 'failed') AND NEW.state IN ('sending', 'published', 'manual_pending'))
            OR (NEW.connector = 'website' AND NEW.state = 'published')
            OR NEW.state = 'manual_pending'))
       OR (NEW.connector <> 'website' AND intent IS DISTINCT FROM (OLD.progress -> 'doing')
           AND intent ->> 'name' IN ('upload_image', 'upload_cover', 'add_draft', 'submit', 'hand_over')) THEN
        PERFORM publishing_require_approved(NEW.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publishing_delivery_checked BEFORE INSERT OR UPDATE ON publishing_delivery
    FOR EACH ROW EXECUTE FUNCTION publishing_check_delivery();

CREATE FUNCTION publishing_keep_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'deliveries are never deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER publishing_delivery_kept BEFORE DELETE ON publishing_delivery
    FOR EACH ROW EXECUTE FUNCTION publishing_keep_delivery();
"""

BACKWARD = """
DROP TRIGGER publishing_delivery_kept ON publishing_delivery;
DROP FUNCTION publishing_keep_delivery();
DROP TRIGGER publishing_delivery_checked ON publishing_delivery;
DROP FUNCTION publishing_check_delivery();
DROP FUNCTION publishing_may_move(text, text);
DROP TRIGGER publishing_deliveryitem_checked ON publishing_deliveryitem;
DROP FUNCTION publishing_check_item();
DROP FUNCTION publishing_require_approved(bigint);
DROP FUNCTION publishing_is_approved(bigint, bigint, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0001_initial"),
        ("content", "0002_guards"),
        ("review", "0002_guards"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
