"""All addresses: citizens at the root, staff under /desk/, machines under /api/ and /hooks/."""

from django.urls import include, path, register_converter

from zhijian.lib.converters import DigestConverter, RegistryNumberConverter
from zhijian.workbench.views.setup import setup

handler400 = "zhijian.ui.views.bad_request"
handler403 = "zhijian.ui.views.forbidden"
handler404 = "zhijian.ui.views.not_found"
handler500 = "zhijian.ui.views.server_error"

register_converter(DigestConverter, "sha256")
register_converter(RegistryNumberConverter, "registry_number")

urlpatterns = [
    path("", include("zhijian.portal.urls")),
    path("appearance/", include("zhijian.ui.urls")),
    path("sign-in/", include("zhijian.workbench.identity_urls")),
    path("files/", include("zhijian.files.urls")),
    path("setup/", setup, name="setup"),
    path("desk/style/", include("zhijian.ui.style_urls")),
    path("desk/", include("zhijian.workbench.urls")),
    path("desk/organisations/", include("zhijian.organisations.urls")),
    path("desk/accounts/", include("zhijian.registry.urls")),
    path("desk/proof/", include("zhijian.proof.urls")),
    path("desk/notices/", include("zhijian.notify.urls")),
    path("desk/review/", include("zhijian.review.urls")),
    path("desk/articles/", include("zhijian.content.urls")),
    path("desk/inbox/", include("zhijian.inbox.urls")),
    path("desk/terms/", include("zhijian.knowledge.urls")),
    path("desk/rules/", include("zhijian.knowledge.rule_urls")),
    path("desk/language-model/", include("zhijian.knowledge.language_model_urls")),
    path("desk/answers/", include("zhijian.knowledge.answer_urls")),
    path("desk/services/", include("zhijian.services.urls")),
    path("desk/duty/", include("zhijian.duty.urls")),
    path("desk/observation/", include("zhijian.observation.urls")),
    path("desk/channels/", include("zhijian.channels.urls")),
    path("desk/deliveries/", include("zhijian.publishing.urls")),
    path("desk/reforms/", include("zhijian.reform.urls")),
    path("desk/inspection/", include("zhijian.inspection.urls")),
    path("desk/bulletins/", include("zhijian.assessment.urls")),
    path("desk/drives/", include("zhijian.drives.urls")),
    path("desk/lookback/", include("zhijian.lookback.urls")),
    path("desk/census/", include("zhijian.census.urls")),
    path("desk/vendors/", include("zhijian.vendors.urls")),
    path("desk/resources/", include("zhijian.resources.urls")),
    path("desk/impostors/", include("zhijian.impostors.urls")),
    path("api/v1/", include("zhijian.api.urls")),
    path("hooks/", include("zhijian.channels.hook_urls")),
]
