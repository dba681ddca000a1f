from django.urls import path, re_path

from zhijian.portal.views import pieces, register

app_name = "portal"

urlpatterns = [
    path("", pieces.home, name="home"),
    path("lookup/", register.lookup, name="lookup"),
    path("lookup.json", register.lookup_json, name="lookup_json"),
    path("directory/", register.directory, name="directory"),
    path("directory/<registry_number:number>/", register.account, name="account"),
    path("directory/<registry_number:number>/code.svg", register.account_code, name="account_code"),
    path("pieces/", pieces.pieces, name="pieces"),
    path("pieces/<int:article_id>/", pieces.piece, name="piece"),
    path("pictures/<sha256:sha256>", pieces.picture, name="picture"),
    re_path(r"^feeds/(?P<name>rss\.xml|atom\.xml|feed\.json)$", pieces.feed, name="feed"),
    path("accessibility/", pieces.accessibility, name="accessibility"),
    path("data/", register.data, name="data"),
]
