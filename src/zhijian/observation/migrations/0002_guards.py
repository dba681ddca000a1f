"""What was seen stays as it was seen: looks, versions, snapshots and link checks are insert-only."""

from django.db import migrations

TABLES = ("observation_look", "observation_postversion", "observation_snapshot", "observation_linkcheck")

FORWARD = "\n".join(
    f"""
CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION zhijian_insert_only();
"""
    for table in TABLES
)
BACKWARD = "\n".join(
    f"DROP TRIGGER {table}_insert_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table};" for table in TABLES
)

POSTS_FORWARD = """
CREATE FUNCTION observation_check_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a post is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.account_id, NEW.key, NEW.first_seen_at) IS DISTINCT FROM (OLD.account_id, OLD.key, OLD.first_seen_at)
       OR NEW.last_seen_at < OLD.last_seen_at THEN
        RAISE EXCEPTION 'a post stays the one it is' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER observation_post_checked BEFORE UPDATE OR DELETE ON observation_post
    FOR EACH ROW EXECUTE FUNCTION observation_check_post();
"""
POSTS_BACKWARD = """
DROP TRIGGER observation_post_checked ON observation_post;
DROP FUNCTION observation_check_post();
"""


class Migration(migrations.Migration):
    dependencies = [("observation", "0001_initial"), ("audit", "0002_guards")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(POSTS_FORWARD, POSTS_BACKWARD),
    ]
