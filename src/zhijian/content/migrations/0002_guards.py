"""A revision is written once and never changed or deleted; so are waivers and how a piece came in."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER content_revision_insert_only BEFORE UPDATE OR DELETE ON content_revision
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER content_screeningreport_no_delete BEFORE DELETE ON content_screeningreport
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER content_importrecord_insert_only BEFORE UPDATE OR DELETE ON content_importrecord
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
CREATE TRIGGER content_waiver_insert_only BEFORE UPDATE OR DELETE ON content_waiver
    FOR EACH ROW EXECUTE FUNCTION zhijian_insert_only();
"""

BACKWARD = """
DROP TRIGGER content_revision_insert_only ON content_revision;
DROP TRIGGER content_screeningreport_no_delete ON content_screeningreport;
DROP TRIGGER content_importrecord_insert_only ON content_importrecord;
DROP TRIGGER content_waiver_insert_only ON content_waiver;
"""


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial"), ("audit", "0002_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
