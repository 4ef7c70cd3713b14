#pragma once
#include <stddef.h>

/// A file that pages are made of, carried in the binary. In C, since it takes the Swift compiler long to read it as a literal.
typedef struct {
    /// Without folder and suffix.
    const char *name;
    const unsigned char *bytes;
    size_t size;
} purser_dashboard_asset;

/// Every template.
const purser_dashboard_asset *purser_dashboard_templates(void);

/// How many there are.
size_t purser_dashboard_template_count(void);

/// The style sheet of every page.
purser_dashboard_asset purser_dashboard_styles(void);
