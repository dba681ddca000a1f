from django.urls import path

from zhijian.census.views import campaigns, comparisons, figures, sheets, sources

app_name = "census"

urlpatterns = [
    path("", campaigns.campaign_list, name="list"),
    path("new/", campaigns.new, name="new"),
    path("<int:campaign_id>/", campaigns.campaign_page, name="campaign"),
    path("<int:campaign_id>/edit/", campaigns.edit, name="edit"),
    path("<int:campaign_id>/bodies/", campaigns.bodies, name="bodies"),
    path("<int:campaign_id>/open/", campaigns.open_, name="open"),
    path("<int:campaign_id>/opening/", campaigns.opening, name="opening"),
    path("<int:campaign_id>/sheets/", campaigns.sheets, name="campaign_sheets"),
    path("<int:campaign_id>/extend/", campaigns.extend, name="extend"),
    path("<int:campaign_id>/close/", campaigns.close, name="close"),
    path("<int:campaign_id>/chase/", campaigns.chase, name="chase"),
    path("<int:campaign_id>/figures/", figures.figures, name="figures"),
    path("<int:campaign_id>/comparisons/", comparisons.comparisons, name="comparisons"),
    path("reports/<int:report_id>/", figures.report_page, name="report"),
    path("reports/<int:report_id>/progress/", figures.report_progress, name="report_progress"),
    path("reports/<int:report_id>/file/", figures.report_file, name="report_file"),
    path("comparisons/<int:comparison_id>/", comparisons.comparison_page, name="comparison"),
    path("comparisons/<int:comparison_id>/again/", comparisons.again, name="compare_again"),
    path("differences/<int:difference_id>/settle/", comparisons.settle, name="settle"),
    path("differences/<int:difference_id>/reopen/", comparisons.reopen, name="reopen"),
    path("differences/<int:difference_id>/apply/", comparisons.apply, name="apply"),
    path("sheets/", sheets.sheet_list, name="sheets"),
    path("sheets/<int:sheet_id>/", sheets.sheet_page, name="sheet"),
    path("sheets/<int:sheet_id>/add/", sheets.add_row, name="add_row"),
    path("sheets/<int:sheet_id>/rows/<int:row_id>/", sheets.edit_row, name="row"),
    path("sheets/<int:sheet_id>/rows/<int:row_id>/remove/", sheets.remove_row, name="remove_row"),
    path("sheets/<int:sheet_id>/submit/", sheets.submit, name="submit"),
    path("sheets/<int:sheet_id>/sign-empty/", sheets.sign_empty, name="sign_empty"),
    path("sheets/<int:sheet_id>/return/", sheets.give_back, name="return"),
    path("layouts/", sources.layout_list, name="layouts"),
    path("layouts/new/", sources.new_layout, name="new_layout"),
    path("layouts/<int:layout_id>/", sources.layout_page, name="layout"),
    path("dumps/", sources.dump_list, name="dumps"),
    path("dumps/new/", sources.new_dump, name="new_dump"),
    path("dumps/<int:dump_id>/", sources.dump_page, name="dump"),
    path("dumps/<int:dump_id>/progress/", sources.dump_progress, name="dump_progress"),
]
