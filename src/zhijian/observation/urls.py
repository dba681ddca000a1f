from django.urls import path

from zhijian.observation.views import histories, posts, sources

app_name = "observation"

urlpatterns = [
    path("", sources.source_list, name="list"),
    path("sources/new/", sources.new_source, name="new_source"),
    path("sources/<int:source_id>/", sources.source_page, name="source"),
    path("sources/<int:source_id>/edit/", sources.edit_source, name="edit_source"),
    path("sources/<int:source_id>/stop/", sources.stop_source, name="stop_source"),
    path("sources/<int:source_id>/resume/", sources.resume_source, name="resume_source"),
    path("sources/<int:source_id>/look/", sources.look_now, name="look_now"),
    path("looks/new/", sources.hand_look, name="hand_look"),
    path("posts/", posts.post_list, name="posts"),
    path("posts/<int:post_id>/", posts.post_page, name="post"),
    path("evidence/<sha256:sha256>", posts.evidence, name="evidence"),
    path("coverage/", posts.coverage, name="coverage"),
    path("platforms/", posts.platforms, name="platforms"),
    path("histories/", histories.history_list, name="histories"),
    path("histories/new/", histories.new_history, name="new_history"),
    path("histories/<int:history_id>/", histories.history_page, name="history"),
    path("histories/<int:history_id>/columns/", histories.choose_columns, name="history_columns"),
    path("histories/<int:history_id>/progress/", histories.progress, name="history_progress"),
    path("histories/<int:history_id>/confirm/", histories.confirm, name="history_confirm"),
    path("histories/<int:history_id>/discard/", histories.discard, name="history_discard"),
]
