/* What an agent's frames ask for. */
#ifndef SEAWALL_AGENT_FRAMES_H
#define SEAWALL_AGENT_FRAMES_H

#include "guard-adapter.h"
#include "mappings.h"
#include "outbox.h"

#define REPLY_BYTES 512

/* What the frames of an agent act on. */
struct server {
	struct kernel *kernel;
	struct policies *policies;
	struct tables *tables;
	struct copies *copies;
	struct containers *containers;
	struct outbox *outbox;
	const char *socket_path;
	struct guard_adapter *guard;
	struct mappings mappings;
};

/* Does what an agent's frame asks. An answer is written to `reply` (its length to `bytes`, its type
 * returned, 0: none). -1: the frame is malformed and `reply` says how. */
int frame_done(struct server *server, const struct wire_header *header, const char *payload, char *reply,
	       uint32_t *bytes);

#endif
