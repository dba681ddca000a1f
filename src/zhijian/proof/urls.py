from django.urls import path

from zhijian.proof.views import chain, links

app_name = "proof"

urlpatterns = [
    path("", links.account_list, name="list"),
    path("<int:account_id>/", links.account_page, name="account"),
    path("evidence/<sha256:sha256>", links.evidence, name="evidence"),
    path("chain/", chain.chain_page, name="chain"),
]
