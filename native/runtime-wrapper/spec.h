/* The OCI spec of a bundle, as far as settings go: what `RuntimeSpec` of src/inventory/settings reads. */
#ifndef SEAWALL_SPEC_H
#define SEAWALL_SPEC_H

#include <jansson.h>

/* Reads `config.json` strictly: no key twice, none that only Go would take for one that counts, every value that counts
 * of its type, at most 64 levels and 60,000 values. NULL: `why` says what is wrong, as a sentence. */
json_t *read_spec(const char *bundle, const char **why);

#endif
