/* What the agent is sent of a container. */
#ifndef SEAWALL_CONTAINER_REPORT_H
#define SEAWALL_CONTAINER_REPORT_H

#include "container-list.h"

/* That it came, was found or went: a state of the wire. */
void report_container(struct outbox *outbox, const struct container *container, uint8_t state);

/* Events of it that were not sent for its rate; none is not reported. */
void report_throttled(struct outbox *outbox, const struct container *container, uint64_t count);

/* Events of it that were lost; none is not reported. */
void report_lost(struct outbox *outbox, const struct container *container, uint64_t count);

#endif
