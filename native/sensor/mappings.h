/* What processes of a container have mapped executable: looked at when the agent asks, and reported file by file. */
#ifndef SEAWALL_MAPPINGS_H
#define SEAWALL_MAPPINGS_H

#include "containers.h"

#define MAPPED_FILES 4096 /* different files that are reported; more are counted */

struct mapped_file {
	struct wire_mapping reported;
	uint32_t last_process; /* that was counted */
	uint32_t length;       /* of path */
	char path[PATH_BYTES];
};

/* An answer that is being sent. */
struct mappings {
	struct mapped_file *files; /* NULL: none */
	uint32_t *places;          /* by hash: index + 1 */
	uint32_t count, next;
	struct wire_mappings_end end;
	char frame[sizeof(struct wire_mapping) + sizeof(uint16_t) + PATH_BYTES];
};

/* Looks, and begins to answer; what was still to be told of an answer before is dropped. */
void mappings_look(struct mappings *mappings, struct kernel *kernel, struct containers *containers,
		   const struct wire_ask_code *asked);

/* Next frame of the answer; false when all is sent. */
bool mappings_next(struct mappings *mappings, struct outgoing *out);

void mappings_drop(struct mappings *mappings);

#endif
