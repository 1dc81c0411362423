/* An outbox over rings of the test's own, with a clock of its own. For one test program each. */
#ifndef SEAWALL_OUTBOX_GROUND_H
#define SEAWALL_OUTBOX_GROUND_H

#include <string.h>
#include <sys/mman.h>
#include <fcntl.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "../sensor/outbox.h"
#include "expect.h"

#define RING_BYTES (1 << 20)
#define OURS 7
#define THEIRS 8

/* A ring as the kernel writes it. */
struct fake_ring {
	unsigned long consumer, producer;
	char data[2 * RING_BYTES];
};

static struct fake_ring fakes[3];
static struct settings settings;
static struct kernel kernel = { .settings = &settings };
static struct outbox outbox;
static uint64_t clock_now;

uint64_t boot_now(void)
{
	return clock_now;
}

static bool is_ours(void *context, uint64_t cgroup)
{
	(void)context;
	return cgroup == OURS;
}

static void reset(void)
{
	int source, map = memfd_create("own-events", MFD_CLOEXEC);

	EXPECT(ftruncate(map, (1 + OWN_SHARE_PAGES) * OWN_PAGE + OWN_BYTES) == 0);
	memset(&outbox, 0, sizeof(outbox));
	memset(fakes, 0, sizeof(fakes));
	memset(&settings, 0, sizeof(settings));
	outbox.kernel = &kernel;
	outbox.is_ours = is_ours;
	outbox.signal = open("/dev/null", O_WRONLY);
	EXPECT(own_events_open(&outbox.own, map, &settings.round) == 0);
	for (source = FROM_VIOLATIONS; source <= FROM_OBSERVATIONS; source++)
		outbox.rings[source] = (struct ring){
			.consumer = &fakes[source].consumer,
			.producer = &fakes[source].producer,
			.data = fakes[source].data,
			.mask = RING_BYTES - 1,
		};
}

/* Time of the next event that is sent, 0 when there is none; its sequence must be this one. */
static uint64_t next(uint64_t sequence)
{
	struct wire_loss event;
	struct outgoing out;

	if (!outbox_next(&outbox, &out))
		return 0;
	EXPECT(out.length == sizeof(event));
	memcpy(&event, out.payload, sizeof(event));
	EXPECT(event.sequence == sequence);
	return event.time;
}

#endif
