/* Serves one agent on a unix socket. */
#ifndef SEAWALL_SERVER_H
#define SEAWALL_SERVER_H

#include "guard-adapter.h"
#include "mappings.h"
#include "outbox.h"

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

/* Serves until SIGTERM or SIGINT. 0, or -1 when it could not begin (logged). */
int server_run(struct server *server);

/* Does what an agent's frame asks (agent-frames.c). An answer is written to `reply` (its length to `bytes`, its type
 * returned, 0: none). -1: the frame is malformed and `reply` says how. */
int frame_done(struct server *server, const struct wire_header *header, const char *payload, char *reply,
	       uint32_t *bytes);

#define REPLY_BYTES 512

#endif
