from django.urls import path, re_path

from zhijian.portal.views import answers, bulletins, cases, documents, impostors, messages, pieces, register

CASE = r"^messages/(?P<case_number>20\d\d-\d{7,10}-\d)/(?P<case_key>[0-9A-Za-z-]{12,20})/"

app_name = "portal"

urlpatterns = [
    path("", pieces.home, name="home"),
    path("lookup/", register.lookup, name="lookup"),
    path("lookup.json", register.lookup_json, name="lookup_json"),
    path("lookup/code/", register.lookup_code, name="lookup_code"),
    path("report/", impostors.report_impostor, name="report_impostor"),
    path("report/done/", impostors.impostor_reported, name="impostor_reported"),
    path("directory/", register.directory, name="directory"),
    path("directory/<registry_number:number>/", register.account, name="account"),
    path("directory/<registry_number:number>/code.svg", register.account_code, name="account_code"),
    path("register.json", documents.document, {"name": "register.json"}, name="register_json"),
    path("register.json.sig", documents.document, {"name": "register.json.sig"}, name="register_signature"),
    path("register.csv", documents.document, {"name": "register.csv"}, name="register_csv"),
    path("register/manifest.json", documents.document, {"name": "manifest.json"}, name="register_manifest"),
    path(
        "register/manifest.json.sig", documents.document, {"name": "manifest.json.sig"},
        name="register_manifest_signature",
    ),
    path("register/keys.json", documents.document, {"name": "keys.json"}, name="register_keys"),
    path("register/changes.json", documents.changes, name="register_changes"),
    path("register/<registry_number:number>/badge.svg", register.badge, name="badge"),
    path(".well-known/zhijian-register.json", documents.well_known, name="register_well_known"),
    path("pieces/", pieces.pieces, name="pieces"),
    path("pieces/<int:article_id>/", pieces.piece, name="piece"),
    path("pictures/<sha256:sha256>", pieces.picture, name="picture"),
    re_path(r"^feeds/(?P<name>rss\.xml|atom\.xml|feed\.json)$", pieces.feed, name="feed"),
    path("messages/", messages.public_list, name="messages"),
    path("messages/feed.xml", messages.feed, name="messages_feed"),
    path("messages/write/", messages.write, name="write"),
    path("messages/report/", messages.report, name="report"),
    path("messages/follow/", messages.follow, name="follow"),
    path("messages/public/<int:publication_id>/", messages.public_case, name="public_case"),
    path("messages/public/<int:publication_id>/photos/<sha256:sha256>", messages.public_photo, name="public_photo"),
    re_path(f"{CASE}$", cases.show, name="case"),
    re_path(f"{CASE}add/$", cases.add, name="case_add"),
    re_path(f"{CASE}rate/$", cases.rate, name="case_rate"),
    re_path(f"{CASE}reopen/$", cases.reopen, name="case_reopen"),
    re_path(f"{CASE}code\\.svg$", cases.code, name="case_code"),
    re_path(f"{CASE}photos/(?P<sha256>[0-9a-f]{{64}})$", cases.photo, name="case_photo"),
    path("answers/", answers.answers, name="answers"),
    path("answers/<int:question_id>/", answers.answer, name="answer"),
    path("answers/<int:question_id>/vote/", answers.vote, name="vote"),
    path("services/", answers.services, name="services"),
    path("services/<int:service_id>/", answers.service, name="service"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/<int:bulletin_id>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:bulletin_id>/word/", bulletins.bulletin_word, name="bulletin_word"),
    path("bulletins/<int:bulletin_id>/pdf/", bulletins.bulletin_pdf, name="bulletin_pdf"),
    path("accessibility/", pieces.accessibility, name="accessibility"),
    path("data/", register.data, name="data"),
]
