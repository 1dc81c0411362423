/* Serves one agent on a unix socket. */
#ifndef SEAWALL_SERVER_H
#define SEAWALL_SERVER_H

#include "agent-frames.h"

/* Serves until SIGTERM or SIGINT. 0, or -1 when it could not begin (logged). */
int server_run(struct server *server);

#endif
