from django.urls import path

from zhijian.content import views

app_name = "content"

urlpatterns = [
    path("", views.article_list, name="list"),
    path("new/", views.choose_start, name="new"),
    path("new/write/", views.write, name="write"),
    path("new/paste/", views.paste, name="paste"),
    path("new/upload/", views.upload, name="upload"),
    path("<int:article_id>/", views.show, name="article"),
    path("<int:article_id>/import/", views.imported, name="imported"),
    path("<int:article_id>/import/restore/", views.restore, name="restore"),
    path("<int:article_id>/import/settle/", views.settle, name="settle"),
    path("<int:article_id>/import/widen/", views.widen, name="widen"),
    path("<int:article_id>/edit/", views.edit, name="edit"),
    path("<int:article_id>/edit/autosave/", views.autosave, name="autosave"),
    path("<int:article_id>/edit/screen/", views.screen, name="screen"),
    path("<int:article_id>/edit/opinions/", views.opinions, name="opinions"),
    path("<int:article_id>/edit/presence/", views.present, name="presence"),
    path("<int:article_id>/edit/drop/", views.drop_copy, name="drop_copy"),
    path("<int:article_id>/preview/", views.preview, name="preview"),
    path("<int:article_id>/submit/", views.submit, name="submit"),
    path("<int:article_id>/discard/", views.discard, name="discard"),
    path("<int:article_id>/waive/", views.waive, name="waive"),
    path("<int:article_id>/pictures/again/", views.read_again, name="read_again"),
    path("<int:article_id>/versions/<int:number>/", views.show_version, name="version"),
    path("<int:article_id>/compare/", views.choose_comparison, name="choose_comparison"),
    path("<int:article_id>/compare/<int:old>/<int:new>/", views.compare, name="compare"),
    path("<int:article_id>/files/<sha256:sha256>", views.picture, name="picture"),
    path("<int:article_id>/files/<sha256:sha256>/boxes", views.picture_boxes, name="picture_boxes"),
]
