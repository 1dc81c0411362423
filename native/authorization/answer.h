/* What the engine gets for an answer. */
#ifndef SEAWALL_AUTHORIZATION_ANSWER_H
#define SEAWALL_AUTHORIZATION_ANSWER_H

#include "server.h"

/* Answers what has been read, or begins to ask the agent. */
void answer_question(struct server *server, struct connection *connection);

/* Answers by what the agent said, or did not say. */
void answer_asked(struct server *server, struct connection *connection);

#endif
