"""Every change of what the public sees of an account is written down by PostgreSQL itself, and stays.

Statement-level triggers with transition tables: a ledger of 200,000 rows costs one statement of ours for each of theirs.

Who changes an account holds its body (FOR SHARE) until the end, so that a body's new name and an account's change of the
same moment are written one after the other, in the order in which they become true.

`shape` is canonical JSON (sorted keys, no spaces): what `lib.digests.canonical_json` writes, byte by byte.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION proof_is_public(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT state IN ('active', 'frozen', 'closing')
$$;

CREATE FUNCTION proof_shape(
    body text, handle text, is_main boolean, kind text, name text, number text, opened_on date, platform text,
    state text, url text, verified_subject text
) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT '{"body":' || to_json(body) || ',"handle":' || to_json(handle) || ',"is_main":' || to_json(is_main)
        || ',"kind":' || to_json(kind) || ',"name":' || to_json(name) || ',"number":' || to_json(number)
        || ',"opened_on":' || to_json(coalesce(to_char(opened_on, 'YYYY-MM-DD'), ''))
        || ',"platform":' || to_json(platform) || ',"state":' || to_json(state) || ',"url":' || to_json(url)
        || ',"verified_subject":' || to_json(verified_subject) || '}'
$$;

CREATE FUNCTION proof_end(state text, closed_on date) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN state = 'deregistered'
        THEN '{"closed_on":"' || coalesce(to_char(closed_on, 'YYYY-MM-DD'), '') || '","state":"deregistered"}'
        ELSE '{"closed_on":"","state":"withdrawn"}' END
$$;

CREATE FUNCTION proof_note_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM organisations_organisation
        WHERE id IN (SELECT organisation_id FROM added WHERE proof_is_public(state)) ORDER BY id FOR SHARE;
    INSERT INTO proof_change (account_id, number, at, kind, shape)
    SELECT a.id, a.number, clock_timestamp(), 'entered', proof_shape(
        o.name, a.handle, a.is_main, a.kind, a.name, a.number, a.opened_on, a.platform, a.state, a.url,
        a.verified_subject)
    FROM added a JOIN organisations_organisation o ON o.id = a.organisation_id
    WHERE proof_is_public(a.state) ORDER BY a.id;
    RETURN NULL;
END $$;

CREATE FUNCTION proof_note_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved bigint[];
    bodies bigint[];
BEGIN
    SELECT array_agg(a.id), array_agg(a.organisation_id) || array_agg(b.organisation_id) INTO moved, bodies
    FROM former b JOIN latter a ON a.id = b.id
    WHERE (proof_is_public(b.state) OR proof_is_public(a.state)) AND (
        b.organisation_id, b.handle, b.is_main, b.kind, b.name, b.number, b.opened_on, b.platform, b.state, b.url,
        b.verified_subject
    ) IS DISTINCT FROM (
        a.organisation_id, a.handle, a.is_main, a.kind, a.name, a.number, a.opened_on, a.platform, a.state, a.url,
        a.verified_subject);
    IF moved IS NULL THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT 1 FROM former b JOIN latter a ON a.id = b.id WHERE a.number <> b.number) THEN
        RAISE EXCEPTION 'the number of an account in the register never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM 1 FROM organisations_organisation WHERE id = ANY (bodies) ORDER BY id FOR SHARE;
    INSERT INTO proof_change (account_id, number, at, kind, shape)
    SELECT a.id, a.number, clock_timestamp(),
        CASE WHEN NOT proof_is_public(b.state) THEN 'entered' WHEN proof_is_public(a.state) THEN 'changed' ELSE 'left' END,
        CASE WHEN proof_is_public(a.state) THEN proof_shape(
            o.name, a.handle, a.is_main, a.kind, a.name, a.number, a.opened_on, a.platform, a.state, a.url,
            a.verified_subject)
        ELSE proof_end(a.state, a.closed_on) END
    FROM former b JOIN latter a ON a.id = b.id JOIN organisations_organisation o ON o.id = a.organisation_id
    WHERE a.id = ANY (moved) ORDER BY a.id;
    RETURN NULL;
END $$;

CREATE FUNCTION proof_note_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM organisations_organisation
        WHERE id IN (SELECT organisation_id FROM removed WHERE proof_is_public(state)) ORDER BY id FOR SHARE;
    INSERT INTO proof_change (account_id, number, at, kind, shape)
    SELECT id, number, clock_timestamp(), 'left', proof_end('', NULL)
    FROM removed WHERE proof_is_public(state) ORDER BY id;
    RETURN NULL;
END $$;

CREATE FUNCTION proof_note_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO proof_change (account_id, number, at, kind, shape)
    SELECT id, number, clock_timestamp(), 'left', proof_end('', NULL)
    FROM registry_account WHERE proof_is_public(state) ORDER BY id;
    RETURN NULL;
END $$;

CREATE FUNCTION proof_note_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO proof_change (account_id, number, at, kind, shape)
    SELECT a.id, a.number, clock_timestamp(), 'changed', proof_shape(
        NEW.name, a.handle, a.is_main, a.kind, a.name, a.number, a.opened_on, a.platform, a.state, a.url,
        a.verified_subject)
    FROM registry_account a WHERE a.organisation_id = NEW.id AND proof_is_public(a.state) ORDER BY a.id;
    RETURN NULL;
END $$;

CREATE TRIGGER proof_account_added AFTER INSERT ON registry_account REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION proof_note_added();
CREATE TRIGGER proof_account_changed AFTER UPDATE ON registry_account
    REFERENCING OLD TABLE AS former NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION proof_note_changed();
CREATE TRIGGER proof_account_removed AFTER DELETE ON registry_account REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION proof_note_removed();
CREATE TRIGGER proof_account_emptied BEFORE TRUNCATE ON registry_account
    FOR EACH STATEMENT EXECUTE FUNCTION proof_note_emptied();
CREATE TRIGGER proof_body_renamed AFTER UPDATE OF name ON organisations_organisation
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION proof_note_renamed();

INSERT INTO proof_change (account_id, number, at, kind, shape)
SELECT a.id, a.number, clock_timestamp(), 'entered', proof_shape(
    o.name, a.handle, a.is_main, a.kind, a.name, a.number, a.opened_on, a.platform, a.state, a.url, a.verified_subject)
FROM registry_account a JOIN organisations_organisation o ON o.id = a.organisation_id
WHERE proof_is_public(a.state) ORDER BY a.id;

CREATE TRIGGER proof_change_insert_only BEFORE UPDATE OR DELETE ON proof_change
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER proof_change_no_truncate BEFORE TRUNCATE ON proof_change
    FOR EACH STATEMENT EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER proof_seal_insert_only BEFORE UPDATE OR DELETE ON proof_seal
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER proof_seal_no_truncate BEFORE TRUNCATE ON proof_seal
    FOR EACH STATEMENT EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER proof_sealedchange_insert_only BEFORE UPDATE OR DELETE ON proof_sealedchange
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER proof_sealedchange_no_truncate BEFORE TRUNCATE ON proof_sealedchange
    FOR EACH STATEMENT EXECUTE FUNCTION zhijian_insert_only();

CREATE FUNCTION proof_keep_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.name, NEW.algorithm, NEW.public, NEW.since, NEW.endorsed_by_id, NEW.endorsement)
        IS DISTINCT FROM (OLD.name, OLD.algorithm, OLD.public, OLD.since, OLD.endorsed_by_id, OLD.endorsement)
        OR OLD.until IS NOT NULL
    THEN
        RAISE EXCEPTION 'a signing key changes only by retiring' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proof_signingkey_kept BEFORE UPDATE ON proof_signingkey
    FOR EACH ROW EXECUTE FUNCTION proof_keep_key();
CREATE TRIGGER proof_signingkey_stays BEFORE DELETE ON proof_signingkey
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER proof_signingkey_no_truncate BEFORE TRUNCATE ON proof_signingkey
    FOR EACH STATEMENT EXECUTE FUNCTION zhijian_insert_only();
"""

BACKWARD = """
DROP TRIGGER proof_signingkey_no_truncate ON proof_signingkey;
DROP TRIGGER proof_signingkey_stays ON proof_signingkey;
DROP TRIGGER proof_signingkey_kept ON proof_signingkey;
DROP FUNCTION proof_keep_key();
DROP TRIGGER proof_sealedchange_no_truncate ON proof_sealedchange;
DROP TRIGGER proof_sealedchange_insert_only ON proof_sealedchange;
DROP TRIGGER proof_seal_no_truncate ON proof_seal;
DROP TRIGGER proof_seal_insert_only ON proof_seal;
DROP TRIGGER proof_change_no_truncate ON proof_change;
DROP TRIGGER proof_change_insert_only ON proof_change;
DROP TRIGGER proof_body_renamed ON organisations_organisation;
DROP TRIGGER proof_account_emptied ON registry_account;
DROP TRIGGER proof_account_removed ON registry_account;
DROP TRIGGER proof_account_changed ON registry_account;
DROP TRIGGER proof_account_added ON registry_account;
DROP FUNCTION proof_note_renamed();
DROP FUNCTION proof_note_emptied();
DROP FUNCTION proof_note_removed();
DROP FUNCTION proof_note_changed();
DROP FUNCTION proof_note_added();
DROP FUNCTION proof_end(text, date);
DROP FUNCTION proof_shape(text, text, boolean, text, text, text, date, text, text, text, text);
DROP FUNCTION proof_is_public(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("proof", "0001_initial"),
        ("audit", "0002_guards"),
        ("registry", "0004_ledgers_may_be_undone"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
