#pragma once
#include <libpq-fe.h>

/* PG_DIAG_* are character macros, which Swift does not import. */
static const int purser_pg_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int purser_pg_diag_message_primary = PG_DIAG_MESSAGE_PRIMARY;
static const int purser_pg_diag_message_detail = PG_DIAG_MESSAGE_DETAIL;
static const int purser_pg_diag_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
