/* The sensor's own events: what a torn map gives, how much fits, and what one container may hold of it. */
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../sensor/own-events.h"
#include "expect.h"

#define RECORD sizeof(struct own_record)
#define FIRST_CGROUP 1000

static uint64_t round_now;

static int new_map(void)
{
	int map = memfd_create("own-events", MFD_CLOEXEC);

	EXPECT(map >= 0);
	EXPECT(ftruncate(map, (1 + OWN_SHARE_PAGES) * OWN_PAGE + OWN_BYTES) == 0);
	return map;
}

static struct own_events opened(int map)
{
	struct own_events own = {};

	EXPECT(own_events_open(&own, map, &round_now) == 0);
	return own;
}

static struct own_events fresh(void)
{
	round_now = 0;
	return opened(new_map());
}

/* An event of `length` bytes; false when it was not put. */
static bool put(struct own_events *own, uint16_t type, uint64_t cgroup, uint32_t length)
{
	static char payload[EVENT_BYTES + 8];

	memcpy(payload + EVENT_CGROUP, &cgroup, sizeof(cgroup));
	return own_events_put(own, type, payload, length);
}

static uint32_t count_put(struct own_events *own, uint16_t type, uint64_t cgroup, uint32_t length)
{
	uint32_t count = 0;

	while (put(own, type, cgroup, length))
		count++;
	return count;
}

/* A map with three records, then changed by `tear`; what was lost when it was opened again. */
static uint64_t lost_after(void (*tear)(struct own_events *))
{
	int map = new_map();
	struct own_events own = opened(map), again;
	int i;

	for (i = 0; i < 3; i++)
		EXPECT(put(&own, WIRE_EXEC, FIRST_CGROUP, 120));
	tear(&own);
	again = opened(map);
	if (again.head->lost)
		EXPECT(again.head->from == 0 && again.head->to == 0 && !own_events_peek(&again));
	else
		EXPECT(own_events_peek(&again) != NULL);
	return again.head->lost;
}

static void tear_nothing(struct own_events *own)
{
	(void)own;
}

static void tear_end(struct own_events *own)
{
	own->head->to -= 8;
}

static void tear_beyond(struct own_events *own)
{
	own->head->to += 8;
}

static void tear_start(struct own_events *own)
{
	own->head->from += 4;
}

static void tear_order(struct own_events *own)
{
	own->head->from = own->head->to + 8;
}

static void tear_size(struct own_events *own)
{
	own->head->to = own->head->from + OWN_BYTES + 8;
}

static struct own_record *second(struct own_events *own)
{
	return (struct own_record *)(own->bytes + RECORD + 120);
}

static void tear_length(struct own_events *own)
{
	second(own)->length = EVENT_BYTES + 1;
}

static void tear_short(struct own_events *own)
{
	second(own)->length = 23;
	own->head->to = RECORD + 120 + RECORD + 24;
}

static void tear_shortest(struct own_events *own)
{
	second(own)->length = 24;
	own->head->to = RECORD + 120 + RECORD + 24;
}

static void tear_longest(struct own_events *own)
{
	second(own)->length = EVENT_BYTES;
	own->head->to = RECORD + 120 + RECORD + EVENT_BYTES;
}

/* A whole record at a place where none can lie. */
static void tear_between(struct own_events *own)
{
	*(struct own_record *)(own->bytes + 4) = (struct own_record){ .length = 24 };
	own->head->from = 4;
	own->head->to = 4 + RECORD + 24;
}

static void torn(void)
{
	EXPECT(lost_after(tear_between) == 1);
	EXPECT(lost_after(tear_nothing) == 0);
	EXPECT(lost_after(tear_longest) == 0);
	EXPECT(lost_after(tear_shortest) == 0);
	EXPECT(lost_after(tear_end) == 4); /* the three that could be counted, and what stands behind them */
	EXPECT(lost_after(tear_beyond) == 4);
	EXPECT(lost_after(tear_start) == 1);
	EXPECT(lost_after(tear_order) == 1);
	EXPECT(lost_after(tear_size) == 1);
	EXPECT(lost_after(tear_length) == 2);
	EXPECT(lost_after(tear_short) == 2);
}

/* A map that is exactly full is whole; its last record lies over the edge. */
static void full(void)
{
	int map = new_map();
	struct own_events own = opened(map), again;
	uint64_t count = 0, left;

	/* Born and gone events take no share. */
	while (put(&own, WIRE_CONTAINER, FIRST_CGROUP, 4096 - RECORD))
		count++;
	EXPECT(count == OWN_BYTES / 4096);
	EXPECT(own.head->to - own.head->from == OWN_BYTES);
	again = opened(map);
	EXPECT(again.head->lost == 0);
	for (left = count; own_events_peek(&again); left--)
		own_events_pass(&again);
	EXPECT(left == 0);
	EXPECT(!put(&own, WIRE_CONTAINER, FIRST_CGROUP, 24));
	own_events_release(&own, 4096);
	EXPECT(put(&own, WIRE_CONTAINER, FIRST_CGROUP, 2048 - RECORD));
	EXPECT(!put(&own, WIRE_CONTAINER, FIRST_CGROUP, 2048 - RECORD + 8));
	EXPECT(put(&own, WIRE_CONTAINER, FIRST_CGROUP, 2048 - RECORD));
}

static void longest(void)
{
	struct own_events own = fresh();

	EXPECT(!put(&own, WIRE_EXEC, FIRST_CGROUP, 23) && put(&own, WIRE_EXEC, FIRST_CGROUP, 24));
	EXPECT(own_events_peek(&own)->length == 24 && own_events_pass(&own) == 32);
	EXPECT(!put(&own, WIRE_EXEC, FIRST_CGROUP, EVENT_BYTES + 1));
	EXPECT(put(&own, WIRE_EXEC, FIRST_CGROUP, EVENT_BYTES));
	EXPECT(own_events_peek(&own)->length == EVENT_BYTES);
}

/* One container that storms leaves the others their room. */
static void shares(void)
{
	struct own_events own = fresh();
	uint32_t storm = count_put(&own, WIRE_EXEC, FIRST_CGROUP, 1000), reserve;
	uint64_t other;

	EXPECT(storm == (OWN_SHARE - SHARE_RESERVE + 1007) / 1008);
	EXPECT(put(&own, WIRE_LOSS, FIRST_CGROUP, sizeof(struct wire_loss)));
	reserve = 1 + count_put(&own, WIRE_THROTTLE, FIRST_CGROUP, sizeof(struct wire_throttle));
	EXPECT(reserve >= SHARE_RESERVE / SHARE_LEAST - 2 && reserve <= SHARE_RESERVE / SHARE_LEAST + 1);
	EXPECT(put(&own, WIRE_CONTAINER, FIRST_CGROUP, sizeof(struct wire_container)));
	EXPECT(put(&own, WIRE_LOSS, 0, sizeof(struct wire_loss)));
	for (other = 1; other <= 6; other++)
		EXPECT(count_put(&own, WIRE_CODE, FIRST_CGROUP + other, 1000) == storm);
}

/* What is acknowledged is free again, two rounds later; a sensor that starts again knows the shares. */
static void rounds(void)
{
	int map;
	struct own_events own;
	uint32_t storm;

	round_now = 5;
	map = new_map();
	own = opened(map);
	storm = count_put(&own, WIRE_EXEC, FIRST_CGROUP, 1000);
	own = opened(map);
	EXPECT(count_put(&own, WIRE_EXEC, FIRST_CGROUP, 1000) == 0);
	round_now++;
	EXPECT(count_put(&own, WIRE_EXEC, FIRST_CGROUP, 1000) == 0);
	round_now++;
	EXPECT(count_put(&own, WIRE_EXEC, FIRST_CGROUP, 1000) == storm);
	round_now += 2;
	EXPECT(count_put(&own, WIRE_EXEC, FIRST_CGROUP, 1000) == storm);
}

/* What goes beyond is reported as throttled of that container alone, once, as soon as there is room for that. */
static void throttled(void)
{
	struct own_events own = fresh();
	struct wire_throttle report;
	const struct own_record *record;

	own_events_lose(&own, FIRST_CGROUP, 3);
	own_events_lose(&own, FIRST_CGROUP, 4);
	own_events_lose(&own, FIRST_CGROUP + 1, 1);
	own_events_lose(&own, 0, 9);
	EXPECT(own.head->throttled == 8 && own.head->lost == 9);
	own_events_report_throttled(&own, 77);
	own_events_report_throttled(&own, 78);
	uint64_t sum = 0, count = 0;
	for (; (record = own_events_peek(&own)); own_events_pass(&own)) {
		EXPECT(record->type == WIRE_THROTTLE && record->length == sizeof(report));
		memcpy(&report, record + 1, sizeof(report));
		EXPECT(report.time == 77);
		EXPECT(report.count == (report.cgroup == FIRST_CGROUP ? 7 : 1));
		sum += report.count;
		count++;
	}
	EXPECT(sum == 8 && count == 2);
}

/* Shares of more containers than there are places for: no one takes the share of another. */
static void crowd(void)
{
	struct own_events own = fresh();
	uint64_t cgroup;

	for (cgroup = 1; cgroup <= 6000; cgroup++) {
		own_events_lose(&own, cgroup, 1);
		EXPECT(own.head->throttled + own.head->lost == cgroup);
	}
	EXPECT(own.head->throttled > 2000 && own.head->throttled <= OWN_SHARES);
	/* Those without a place are reported as of nobody, and may put. */
	for (cgroup = 3000; cgroup <= 6000; cgroup++)
		EXPECT(put(&own, WIRE_EXEC, cgroup, 400));
}

/* The share by itself: every order of rounds, and the limit. */
static void share_table(void)
{
	uint64_t from, to;

	for (from = 0; from < 4; from++)
		for (to = from; to < 8; to++) {
			struct share share = { .round = from, .now = 600, .before = 500 };
			uint32_t kept = to == from ? 1100 : to == from + 1 ? 600 : 0;

			EXPECT(share_is_empty(&share, to) == (kept == 0));
			EXPECT(share_has_room(&share, to, kept + 1));
			EXPECT(!share_has_room(&share, to, kept));
			EXPECT(share.round == to && share.now + share.before == kept);
			share_add(&share, 1);
			EXPECT(share.now + share.before == kept + SHARE_LEAST);
			share_add(&share, SHARE_LEAST + 1);
			EXPECT(share.now + share.before == kept + 2 * SHARE_LEAST + 1);
		}
}

/* Either of the two numbers says that something waits; the smallest event counts too. */
static void not_empty(void)
{
	struct share now = { .round = 3, .now = 1 }, before = { .round = 3, .before = 1 }, none = { .round = 3 };
	struct own_events own = fresh();

	EXPECT(!share_is_empty(&now, 3) && !share_is_empty(&before, 3) && share_is_empty(&none, 3));
	EXPECT(!share_is_empty(&now, 4) && share_is_empty(&before, 4));
	EXPECT(count_put(&own, WIRE_EXEC, FIRST_CGROUP, 24) ==
	       (OWN_SHARE - SHARE_RESERVE + SHARE_LEAST - 1) / SHARE_LEAST);
}

int main(void)
{
	not_empty();
	torn();
	full();
	longest();
	shares();
	rounds();
	throttled();
	crowd();
	share_table();
	puts("own events are whole, bounded and shared");
	return 0;
}
