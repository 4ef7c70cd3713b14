#pragma once
#include <stddef.h>

/// The description of the HTTP interface, `openapi.yaml` at the root, carried in the binary. In C, since a document of this size as a
/// literal takes the Swift compiler minutes.
const unsigned char *purser_openapi_bytes(void);

/// How many bytes it has.
size_t purser_openapi_size(void);
