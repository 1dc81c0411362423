/* Events on their way to the agent: those of the rings and those that the sensor itself has to tell, in the order of
 * their time. An event stays where it lies until the agent acknowledges it. */
#ifndef SEAWALL_OUTBOX_H
#define SEAWALL_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"
#include "own-events.h"
#include "ring.h"

#define OUTBOX_FLIGHT 8192 /* events sent and not acknowledged */

enum outbox_source {
	FROM_OWN = 0,
	FROM_VIOLATIONS = 1,
	FROM_OBSERVATIONS = 2,
};

struct flight {
	uint64_t sequence;
	uint64_t behind; /* place in its source behind it */
	uint8_t source;
	uint8_t skipped; /* not ours: passed over */
};

struct outbox {
	struct kernel *kernel;
	struct ring rings[3]; /* by source; the first is not used */
	struct own_events own;
	int signal; /* eventfd: something of the sensor's own waits */
	struct flight flights[OUTBOX_FLIGHT];
	uint32_t flight_from, flight_count, replayed;
	/* Asked for events of containers that were not resolved when they happened. */
	bool (*is_ours)(void *context, uint64_t cgroup);
	void *context;
	uint64_t events;
	char event[EVENT_BYTES];
};

struct outgoing {
	uint16_t type;
	uint32_t length;
	const char *payload;
};

int outbox_open(struct outbox *outbox, struct kernel *kernel);

/* Queues an event of the sensor's own; `payload` begins with sequence and time. When it returns, the event outlives the
 * sensor, or is counted as lost. From any thread. */
void outbox_push(struct outbox *outbox, uint16_t type, const void *payload, uint32_t length);

/* Next event to send; false when there is none or too many wait for their acknowledgement. */
bool outbox_next(struct outbox *outbox, struct outgoing *out);

/* All up to this sequence are kept by the agent. */
void outbox_acknowledge(struct outbox *outbox, uint64_t sequence);

/* Sends again what was not acknowledged. */
void outbox_rewind(struct outbox *outbox);

#endif
