#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "own-events.h"

#define ALIGNMENT 8
#define SHARES_AT OWN_PAGE
#define BYTES_AT (OWN_PAGE + OWN_SHARE_PAGES * OWN_PAGE)
#define LEAST_BYTES (EVENT_CGROUP + sizeof(uint64_t)) /* of an event */
#define WAYS 8                                        /* places in which a container's share may lie */

static uint64_t bytes_of(uint32_t length)
{
	return (sizeof(struct own_record) + length + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
}

static char *bytes_at(const struct own_events *own, uint64_t place)
{
	return own->bytes + (place & (OWN_BYTES - 1));
}

/* The ring twice in a row. */
static char *map_twice(int map)
{
	char *place = mmap(NULL, 2ul * OWN_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int half;

	if (place == MAP_FAILED)
		return NULL;
	for (half = 0; half < 2; half++)
		if (mmap(place + half * (size_t)OWN_BYTES, OWN_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			 map, BYTES_AT) == MAP_FAILED)
			return NULL;
	return place;
}

/* Counts the records from the first one on; true when they end where the last one does. */
static bool is_whole(const struct own_events *own, uint64_t *count)
{
	const struct own_head *head = own->head;
	uint64_t at = head->from;

	*count = 0;
	if (head->to - head->from > OWN_BYTES || head->from % ALIGNMENT)
		return false;
	while (at < head->to) {
		const struct own_record *record = (const struct own_record *)bytes_at(own, at);

		if (record->length < LEAST_BYTES || record->length > EVENT_BYTES)
			return false;
		at += bytes_of(record->length);
		(*count)++;
	}
	return at == head->to;
}

int own_events_open(struct own_events *own, int map, const uint64_t *round)
{
	uint64_t count;

	if (sysconf(_SC_PAGESIZE) != OWN_PAGE) {
		errno = ENOTSUP;
		return -1;
	}
	own->head = mmap(NULL, BYTES_AT, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
	if (own->head == MAP_FAILED)
		return -1;
	own->shares = (struct own_share *)((char *)own->head + SHARES_AT);
	own->round = round;
	own->bytes = map_twice(map);
	if (!own->bytes)
		return -1;
	pthread_mutex_init(&own->lock, NULL);
	if (!is_whole(own, &count)) {
		own_events_lose(own, 0, count + 1);
		own->head->from = own->head->to = 0;
	}
	own_events_rewind(own);
	return 0;
}

/* The share of a container; NULL for none, and where no place for it is free. Needs the lock. */
static struct own_share *share_of(struct own_events *own, uint64_t cgroup)
{
	uint32_t first = (cgroup * 0x9e3779b97f4a7c15ULL) >> 40 & (OWN_SHARES - 1) & ~(WAYS - 1);
	struct own_share *ways = &own->shares[first], *free = NULL;
	int way;

	if (!cgroup)
		return NULL;
	for (way = 0; way < WAYS; way++) {
		if (ways[way].cgroup == cgroup)
			return &ways[way];
		if (!free && !ways[way].throttled && share_is_empty(&ways[way].share, *own->round))
			free = &ways[way];
	}
	if (free)
		*free = (struct own_share){ .cgroup = cgroup };
	return free;
}

uint64_t own_events_sharer(uint16_t type, const void *payload, uint32_t length)
{
	uint64_t cgroup;

	if (type == WIRE_CONTAINER || length < LEAST_BYTES)
		return 0;
	memcpy(&cgroup, (const char *)payload + EVENT_CGROUP, sizeof(cgroup));
	return cgroup;
}

static bool has_share(struct own_events *own, uint16_t type, uint64_t cgroup, uint64_t bytes)
{
	uint32_t reserve = type == WIRE_LOSS || type == WIRE_THROTTLE ? 0 : SHARE_RESERVE;
	struct own_share *one = share_of(own, cgroup);

	if (!one)
		return true;
	if (!share_has_room(&one->share, *own->round, OWN_SHARE - reserve))
		return false;
	share_add(&one->share, bytes);
	return true;
}

/* Needs the lock. */
static bool put(struct own_events *own, uint16_t type, const void *payload, uint32_t length)
{
	struct own_record record = { .length = length, .type = type };
	uint64_t from = __atomic_load_n(&own->head->from, __ATOMIC_ACQUIRE);
	uint64_t to = own->head->to;

	if (length < LEAST_BYTES || length > EVENT_BYTES || to + bytes_of(length) - from > OWN_BYTES)
		return false;
	if (!has_share(own, type, own_events_sharer(type, payload, length), bytes_of(length)))
		return false;
	memcpy(bytes_at(own, to), &record, sizeof(record));
	memcpy(bytes_at(own, to) + sizeof(record), payload, length);
	/* Last, so that a sensor that dies on its way here leaves no half of an event. */
	__atomic_store_n(&own->head->to, to + bytes_of(length), __ATOMIC_RELEASE);
	return true;
}

bool own_events_put(struct own_events *own, uint16_t type, const void *payload, uint32_t length)
{
	bool done;

	pthread_mutex_lock(&own->lock);
	done = put(own, type, payload, length);
	pthread_mutex_unlock(&own->lock);
	return done;
}

void own_events_lose(struct own_events *own, uint64_t cgroup, uint64_t count)
{
	struct own_share *one;

	pthread_mutex_lock(&own->lock);
	one = share_of(own, cgroup);
	if (one) {
		one->throttled += count;
		own->head->throttled += count;
	} else {
		own->head->lost += count;
	}
	pthread_mutex_unlock(&own->lock);
}

void own_events_report_throttled(struct own_events *own, uint64_t time)
{
	int i;

	pthread_mutex_lock(&own->lock);
	for (i = 0; i < OWN_SHARES; i++) {
		struct own_share *one = &own->shares[i];
		struct wire_throttle event = { .time = time, .cgroup = one->cgroup, .count = one->throttled };

		/* Counted on where there is no room; a sensor that dies between both reports too many. */
		if (one->throttled && put(own, WIRE_THROTTLE, &event, sizeof(event)))
			one->throttled = 0;
	}
	pthread_mutex_unlock(&own->lock);
}

const struct own_record *own_events_peek(struct own_events *own)
{
	if (own->at == __atomic_load_n(&own->head->to, __ATOMIC_ACQUIRE))
		return NULL;
	return (const struct own_record *)bytes_at(own, own->at);
}

uint64_t own_events_pass(struct own_events *own)
{
	own->at += bytes_of(((const struct own_record *)bytes_at(own, own->at))->length);
	return own->at;
}

void own_events_release(struct own_events *own, uint64_t place)
{
	__atomic_store_n(&own->head->from, place, __ATOMIC_RELEASE);
}

void own_events_rewind(struct own_events *own)
{
	own->at = __atomic_load_n(&own->head->from, __ATOMIC_ACQUIRE);
}
