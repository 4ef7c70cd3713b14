#include "CDashboardAssets.h"

// Three lines and a row for each template.

static const unsigned char agent_text[] = {
#embed "Templates/agent.mustache"
};
static const unsigned char alert_text[] = {
#embed "Templates/alert.mustache"
};
static const unsigned char alerts_text[] = {
#embed "Templates/alerts.mustache"
};
static const unsigned char amount_text[] = {
#embed "Templates/amount.mustache"
};
static const unsigned char anomalies_text[] = {
#embed "Templates/anomalies.mustache"
};
static const unsigned char anomaly_text[] = {
#embed "Templates/anomaly.mustache"
};
static const unsigned char anomaly_table_text[] = {
#embed "Templates/anomaly-table.mustache"
};
static const unsigned char approval_text[] = {
#embed "Templates/approval.mustache"
};
static const unsigned char approvals_text[] = {
#embed "Templates/approvals.mustache"
};
static const unsigned char arrival_text[] = {
#embed "Templates/arrival.mustache"
};
static const unsigned char badge_text[] = {
#embed "Templates/badge.mustache"
};
static const unsigned char breaker_text[] = {
#embed "Templates/breaker.mustache"
};
static const unsigned char breakers_text[] = {
#embed "Templates/breakers.mustache"
};
static const unsigned char csrf_text[] = {
#embed "Templates/csrf.mustache"
};
static const unsigned char distance_text[] = {
#embed "Templates/distance.mustache"
};
static const unsigned char field_text[] = {
#embed "Templates/field.mustache"
};
static const unsigned char filter_text[] = {
#embed "Templates/filter.mustache"
};
static const unsigned char fleet_text[] = {
#embed "Templates/fleet.mustache"
};
static const unsigned char layout_text[] = {
#embed "Templates/layout.mustache"
};
static const unsigned char more_text[] = {
#embed "Templates/more.mustache"
};
static const unsigned char navigation_text[] = {
#embed "Templates/navigation.mustache"
};
static const unsigned char problem_text[] = {
#embed "Templates/problem.mustache"
};
static const unsigned char run_text[] = {
#embed "Templates/run.mustache"
};
static const unsigned char run_table_text[] = {
#embed "Templates/run-table.mustache"
};
static const unsigned char runs_text[] = {
#embed "Templates/runs.mustache"
};
static const unsigned char schedules_text[] = {
#embed "Templates/schedules.mustache"
};
static const unsigned char sign_in_text[] = {
#embed "Templates/sign-in.mustache"
};
static const unsigned char suspend_text[] = {
#embed "Templates/suspend.mustache"
};
static const unsigned char tabs_text[] = {
#embed "Templates/tabs.mustache"
};
static const unsigned char tags_text[] = {
#embed "Templates/tags.mustache"
};
static const unsigned char time_text[] = {
#embed "Templates/time.mustache"
};
static const unsigned char time_zone_text[] = {
#embed "Templates/time-zone.mustache"
};
static const unsigned char webhook_text[] = {
#embed "Templates/webhook.mustache"
};
static const unsigned char webhooks_text[] = {
#embed "Templates/webhooks.mustache"
};
// Governance

static const unsigned char anomaly_list_text[] = {
#embed "Templates/anomaly-list.mustache"
};
static const unsigned char balance_text[] = {
#embed "Templates/balance.mustache"
};
static const unsigned char change_text[] = {
#embed "Templates/change.mustache"
};
static const unsigned char coverage_text[] = {
#embed "Templates/coverage.mustache"
};
static const unsigned char economics_text[] = {
#embed "Templates/economics.mustache"
};
static const unsigned char economics_caps_text[] = {
#embed "Templates/economics-caps.mustache"
};
static const unsigned char economics_changes_text[] = {
#embed "Templates/economics-changes.mustache"
};
static const unsigned char envelope_text[] = {
#embed "Templates/envelope.mustache"
};
static const unsigned char envelopes_text[] = {
#embed "Templates/envelopes.mustache"
};
static const unsigned char overview_text[] = {
#embed "Templates/overview.mustache"
};
static const unsigned char policy_text[] = {
#embed "Templates/policy.mustache"
};
static const unsigned char policy_difference_text[] = {
#embed "Templates/policy-difference.mustache"
};
static const unsigned char seal_text[] = {
#embed "Templates/seal.mustache"
};
static const unsigned char spend_text[] = {
#embed "Templates/spend.mustache"
};
static const unsigned char trends_text[] = {
#embed "Templates/trends.mustache"
};
static const unsigned char workflow_text[] = {
#embed "Templates/workflow.mustache"
};
static const unsigned char import_text[] = {
#embed "Templates/import.mustache"
};
static const unsigned char imports_text[] = {
#embed "Templates/imports.mustache"
};
static const unsigned char review_text[] = {
#embed "Templates/review.mustache"
};
static const unsigned char reviews_text[] = {
#embed "Templates/reviews.mustache"
};
static const unsigned char styles_text[] = {
#embed "Styles/dashboard.css"
    ,
#embed "Styles/charts.css"
};

static const purser_dashboard_asset templates[] = {
    {"agent", agent_text, sizeof agent_text},
    {"alert", alert_text, sizeof alert_text},
    {"alerts", alerts_text, sizeof alerts_text},
    {"amount", amount_text, sizeof amount_text},
    {"anomalies", anomalies_text, sizeof anomalies_text},
    {"anomaly", anomaly_text, sizeof anomaly_text},
    {"anomaly-table", anomaly_table_text, sizeof anomaly_table_text},
    {"approval", approval_text, sizeof approval_text},
    {"approvals", approvals_text, sizeof approvals_text},
    {"arrival", arrival_text, sizeof arrival_text},
    {"badge", badge_text, sizeof badge_text},
    {"breaker", breaker_text, sizeof breaker_text},
    {"breakers", breakers_text, sizeof breakers_text},
    {"csrf", csrf_text, sizeof csrf_text},
    {"distance", distance_text, sizeof distance_text},
    {"field", field_text, sizeof field_text},
    {"filter", filter_text, sizeof filter_text},
    {"fleet", fleet_text, sizeof fleet_text},
    {"layout", layout_text, sizeof layout_text},
    {"more", more_text, sizeof more_text},
    {"navigation", navigation_text, sizeof navigation_text},
    {"problem", problem_text, sizeof problem_text},
    {"run", run_text, sizeof run_text},
    {"run-table", run_table_text, sizeof run_table_text},
    {"runs", runs_text, sizeof runs_text},
    {"schedules", schedules_text, sizeof schedules_text},
    {"sign-in", sign_in_text, sizeof sign_in_text},
    {"suspend", suspend_text, sizeof suspend_text},
    {"tabs", tabs_text, sizeof tabs_text},
    {"tags", tags_text, sizeof tags_text},
    {"time", time_text, sizeof time_text},
    {"time-zone", time_zone_text, sizeof time_zone_text},
    {"webhook", webhook_text, sizeof webhook_text},
    {"webhooks", webhooks_text, sizeof webhooks_text},
    // Governance
    {"anomaly-list", anomaly_list_text, sizeof anomaly_list_text},
    {"balance", balance_text, sizeof balance_text},
    {"change", change_text, sizeof change_text},
    {"coverage", coverage_text, sizeof coverage_text},
    {"economics", economics_text, sizeof economics_text},
    {"economics-caps", economics_caps_text, sizeof economics_caps_text},
    {"economics-changes", economics_changes_text, sizeof economics_changes_text},
    {"envelope", envelope_text, sizeof envelope_text},
    {"envelopes", envelopes_text, sizeof envelopes_text},
    {"overview", overview_text, sizeof overview_text},
    {"policy", policy_text, sizeof policy_text},
    {"policy-difference", policy_difference_text, sizeof policy_difference_text},
    {"seal", seal_text, sizeof seal_text},
    {"spend", spend_text, sizeof spend_text},
    {"trends", trends_text, sizeof trends_text},
    {"workflow", workflow_text, sizeof workflow_text},
    {"import", import_text, sizeof import_text},
    {"imports", imports_text, sizeof imports_text},
    {"review", review_text, sizeof review_text},
    {"reviews", reviews_text, sizeof reviews_text},
};

const purser_dashboard_asset *purser_dashboard_templates(void) { return templates; }

size_t purser_dashboard_template_count(void) { return sizeof templates / sizeof *templates; }

purser_dashboard_asset purser_dashboard_styles(void) {
    purser_dashboard_asset styles = {"dashboard", styles_text, sizeof styles_text};
    return styles;
}
