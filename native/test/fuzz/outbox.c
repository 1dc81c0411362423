/* Reads arbitrary bytes as the map of own events that a sensor before this one left: its head, then records from the
 * place that it names. What is sent of it must be whole and within its room. */
#include <stdint.h>

#include "stand-in.h"

#define BYTES_AT (OWN_PAGE + OWN_SHARE_PAGES * OWN_PAGE)

static struct settings settings;
static struct kernel kernel = { .settings = &settings };
static struct outbox outbox;

static bool is_ours(void *context, uint64_t cgroup)
{
	(void)context;
	return cgroup % 2;
}

static void write_ring(int map, uint64_t place, const uint8_t *data, size_t size)
{
	uint64_t at = place & (OWN_BYTES - 1);
	size_t before = size < OWN_BYTES - at ? size : OWN_BYTES - at;

	if (pwrite(map, data, before, BYTES_AT + at) != (ssize_t)before ||
	    pwrite(map, data + before, size - before, BYTES_AT) != (ssize_t)(size - before))
		abort();
}

static void send_all(void)
{
	struct outgoing out;
	uint64_t last = 0;

	while (outbox_next(&outbox, &out)) {
		if (out.length > EVENT_BYTES || out.payload != outbox.event)
			abort();
		memcpy(&last, out.payload, sizeof(last));
		if (last != settings.sequence)
			abort();
	}
	outbox_acknowledge(&outbox, last / 2);
	outbox_rewind(&outbox);
	while (outbox_next(&outbox, &out))
		if (out.length > EVENT_BYTES)
			abort();
	outbox_acknowledge(&outbox, last);
	if (outbox.flight_count || own_events_peek(&outbox.own))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct own_head head = {};
	size_t length = size < 2 * sizeof(uint64_t) ? size : 2 * sizeof(uint64_t);
	int map = new_own_map();

	memcpy(&head, data, length);
	if (pwrite(map, &head, sizeof(head), 0) != sizeof(head))
		abort();
	write_ring(map, head.from, data + length, size - length);
	if (!open_outbox(&outbox, &kernel, map))
		abort();
	outbox.is_ours = is_ours;
	send_all();
	munmap(outbox.own.head, BYTES_AT);
	munmap(outbox.own.bytes, 2 * OWN_BYTES);
	close(outbox.signal);
	close(map);
	return 0;
}
