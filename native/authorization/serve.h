/* Serves the engine: one thread, and no connection waits for another. */
#ifndef SEAWALL_AUTHORIZATION_SERVE_H
#define SEAWALL_AUTHORIZATION_SERVE_H

#include "server.h"

/* Serves until it is to end, or another program has taken its place. Returns what the program ends with. */
int serve(struct server *server);

#endif
