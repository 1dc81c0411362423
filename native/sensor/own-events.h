/* Events of the sensor's own, in a pinned map: what was put is there after the sensor died, until the agent has it.
 *
 * The map's first page is a `own_head`, then come the shares of the containers, the others are a ring of bytes, mapped
 * twice in a row so that no record is cut.
 * There is one sensor of an instance; within it any thread may put, and one thread reads.
 */
#ifndef SEAWALL_OWN_EVENTS_H
#define SEAWALL_OWN_EVENTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

struct own_events {
	pthread_mutex_t lock; /* of who puts */
	struct own_head *head;
	struct own_share *shares;
	const uint64_t *round; /* of the shares */
	char *bytes;
	uint64_t at; /* of the next record to read */
};

/* Maps the map of this descriptor; what is in it and cannot be read is given up and counted as lost. 0, or -1 with
 * errno. */
int own_events_open(struct own_events *own, int map, const uint64_t *round);

/* False when there is no room, or the event's container has its share already. A container's coming and going is reported
 * whatever its share is. */
bool own_events_put(struct own_events *own, uint16_t type, const void *payload, uint32_t length);

/* Cgroup of the container whose share an event takes, 0: of none. */
uint64_t own_events_sharer(uint16_t type, const void *payload, uint32_t length);

/* Counts events that were not put: to the container of the cgroup, to none when it is 0. */
void own_events_lose(struct own_events *own, uint64_t cgroup, uint64_t count);

/* Puts a throttle event, of this time, for each container that had events beyond its share. */
void own_events_report_throttled(struct own_events *own, uint64_t time);

/* Next record with its payload behind it, NULL when there is none. */
const struct own_record *own_events_peek(struct own_events *own);

/* Goes behind the record that `own_events_peek` gave; returns the place behind it. */
uint64_t own_events_pass(struct own_events *own);

/* Gives the room before `place` back. */
void own_events_release(struct own_events *own, uint64_t place);

/* Reads again from what was released last. */
void own_events_rewind(struct own_events *own);

#endif
