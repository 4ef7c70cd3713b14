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
static const unsigned char styles_text[] = {
#embed "Styles/dashboard.css"
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
};

const purser_dashboard_asset *purser_dashboard_templates(void) { return templates; }

size_t purser_dashboard_template_count(void) { return sizeof templates / sizeof *templates; }

purser_dashboard_asset purser_dashboard_styles(void) {
    purser_dashboard_asset styles = {"dashboard", styles_text, sizeof styles_text};
    return styles;
}
