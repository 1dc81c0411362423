/* What the engine's own files say of a container, without asking the engine. */
#ifndef SEAWALL_ENGINE_H
#define SEAWALL_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#define IMAGE_BYTES 128
#define MERGED_BYTES 512

struct engine_container {
	uint32_t pid; /* of its first process, as the engine numbers it; 0: not known, or none */
	char image[IMAGE_BYTES];
	char merged[MERGED_BYTES]; /* empty: its root is no overlay that is known */
};

/* True when the engine at `root` (its data folder) has this container (64 hex digits, no terminator needed). */
bool engine_has(const char *root, const char *id, struct engine_container *container);

#endif
