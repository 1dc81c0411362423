/* The requests of a watch that wait: so many of all, and so many of one container. */
#ifndef SEAWALL_GUARD_WAITING_H
#define SEAWALL_GUARD_WAITING_H

#include "request.h"

#define GUARD_WAITING_MAX 512   /* that wait; what comes beyond is answered at once and reported without a digest */
#define GUARD_WAITING_SHARE 128 /* of one container */
#define GUARD_LOOKING_MAX 256   /* that are only looked at again leave room for those before whom somebody waits */
#define GUARD_LOOKING_SHARE 64

/* False when too many wait, of all or of the request's container, or there is no room for the next one. */
bool waiting_has_room(struct guard_watch *watch, const struct guard_request *request);
/* Keeps a request that waits; false when there is no room. */
bool waiting_keep(struct guard_watch *watch, struct guard_request *request);
/* Keeps one for which nobody waits, to be looked at again; one that was kept before stays. */
bool waiting_look(struct guard_watch *watch, struct guard_request *request);
/* One that was kept is done with, and taken out. */
void waiting_forget(struct guard_watch *watch, struct guard_request *request);

#endif
