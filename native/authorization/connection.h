/* A connection of the engine. */
#ifndef SEAWALL_AUTHORIZATION_CONNECTION_H
#define SEAWALL_AUTHORIZATION_CONNECTION_H

#include "server.h"

void connection_open(struct connection *connection, int socket);
void connection_close(struct connection *connection);

/* The agent has said what it says, or nobody waits for it. */
void connection_forget(struct connection *connection);

/* When it must go on though nothing happens; 0: never. */
double connection_alarm(const struct connection *connection);

/* Whether nobody waits for anything of it. */
bool connection_is_idle(const struct connection *connection);

/* What is sent next, with a status such as `200 OK`. */
void connection_answer(struct connection *connection, const char *status, const char *body, size_t bytes);

#endif
