#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "own-events.h"

#define ALIGNMENT 8

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
		if (mmap(place + half * (size_t)OWN_BYTES, OWN_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, map, OWN_PAGE) ==
		    MAP_FAILED)
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

		if (record->length > EVENT_BYTES)
			return false;
		at += bytes_of(record->length);
		(*count)++;
	}
	return at == head->to;
}

int own_events_open(struct own_events *own, int map)
{
	uint64_t count;

	if (sysconf(_SC_PAGESIZE) != OWN_PAGE) {
		errno = ENOTSUP;
		return -1;
	}
	own->head = mmap(NULL, OWN_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
	if (own->head == MAP_FAILED)
		return -1;
	own->bytes = map_twice(map);
	if (!own->bytes)
		return -1;
	pthread_mutex_init(&own->lock, NULL);
	if (!is_whole(own, &count)) {
		own_events_lose(own, count + 1);
		own->head->from = own->head->to = 0;
	}
	own_events_rewind(own);
	return 0;
}

bool own_events_put(struct own_events *own, uint16_t type, const void *payload, uint32_t length)
{
	struct own_record record = { .length = length, .type = type };
	uint64_t from, to;
	bool fits;

	pthread_mutex_lock(&own->lock);
	from = __atomic_load_n(&own->head->from, __ATOMIC_ACQUIRE);
	to = own->head->to;
	fits = length <= EVENT_BYTES && to + bytes_of(length) - from <= OWN_BYTES;
	if (fits) {
		memcpy(bytes_at(own, to), &record, sizeof(record));
		memcpy(bytes_at(own, to) + sizeof(record), payload, length);
		/* Last, so that a sensor that dies on its way here leaves no half of an event. */
		__atomic_store_n(&own->head->to, to + bytes_of(length), __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&own->lock);
	return fits;
}

void own_events_lose(struct own_events *own, uint64_t count)
{
	__atomic_fetch_add(&own->head->lost, count, __ATOMIC_RELAXED);
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
