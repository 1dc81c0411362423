/* What the engine keeps of a container, to compare a start with. */
#ifndef SEAWALL_ENGINE_RECORD_H
#define SEAWALL_ENGINE_RECORD_H

#include <jansson.h>

#define WRONG_BYTES 1024

/* What the engine at `root` keeps of the container with this id. */
struct engine_record {
	const char *root;
	const char *id;
	const json_t *config; /* config.v2.json */
};

#endif
