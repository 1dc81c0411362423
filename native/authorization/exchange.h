/* A request and its answer, as far as they can go on now. */
#ifndef SEAWALL_AUTHORIZATION_EXCHANGE_H
#define SEAWALL_AUTHORIZATION_EXCHANGE_H

#include "server.h"

/* Goes on with whatever is possible now. */
void exchange_go_on(struct server *server, struct connection *connection, bool may_read);

#endif
