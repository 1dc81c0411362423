/* Events on their way to the agent: those of the rings and those that the sensor itself has to report, in the order of
 * their time. An event stays where it lies until the agent acknowledges it. */
#ifndef SEAWALL_OUTBOX_H
#define SEAWALL_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"
#include "own-events.h"
#include "ring.h"

#define OUTBOX_FLIGHT 32768 /* events sent and not acknowledged: more than all rings hold, as shares count */

enum outbox_source {
	FROM_OWN = 0,
	FROM_VIOLATIONS = 1,
	FROM_OBSERVATIONS = 2,
};

struct flight {
	uint64_t sent; /* CLOCK_BOOTTIME, ns */
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
	uint64_t round_until[3]; /* places, by source: the round ends when all before them is acknowledged */
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

/* Queues an event of the sensor's own; `payload` begins with sequence, time and cgroup. When it returns, the event outlives
 * the sensor, or is counted for its container. From any thread. */
void outbox_push(struct outbox *outbox, uint16_t type, const void *payload, uint32_t length);

/* Next event to send; false when there is none or too many wait for their acknowledgement. */
bool outbox_next(struct outbox *outbox, struct outgoing *out);

/* All up to this sequence are kept by the agent. */
void outbox_acknowledge(struct outbox *outbox, uint64_t sequence);

/* Sends again what was not acknowledged. */
void outbox_rewind(struct outbox *outbox);

/* Begins a new round when the last one is acknowledged, and reports what went beyond shares; every second. */
void outbox_tick(struct outbox *outbox);

/* Nanoseconds for which the oldest event waits that was sent and not acknowledged, 0: none does. */
uint64_t outbox_oldest_ns(const struct outbox *outbox);

#endif
