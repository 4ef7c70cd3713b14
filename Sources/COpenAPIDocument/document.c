#include "COpenAPIDocument.h"

static const unsigned char document[] = {
#embed "openapi.yaml"
};

const unsigned char *purser_openapi_bytes(void) { return document; }

size_t purser_openapi_size(void) { return sizeof document; }
