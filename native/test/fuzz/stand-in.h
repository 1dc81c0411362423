/* What stands in the place of the kernel where the sensor reads arbitrary bytes: a clock that goes on with each look, no
 * programs, and own events in a file of memory. */
#ifndef SEAWALL_FUZZ_STAND_IN_H
#define SEAWALL_FUZZ_STAND_IN_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../../sensor/outbox.h"

#define RING_BYTES (1 << 16)

struct ring_memory {
	unsigned long consumer, producer;
	char data[2 * RING_BYTES];
};

static struct ring_memory ring_memory[3];
static uint64_t now = 1000000000000ULL;

uint64_t boot_now(void)
{
	return now += 1000000;
}

uint64_t steady_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int kernel_iterate(const struct kernel *kernel, const char *program)
{
	(void)kernel, (void)program;
	return -1;
}

uint64_t kernel_lost(const struct kernel *kernel)
{
	(void)kernel;
	return 0;
}

uint64_t kernel_failed_updates(const struct kernel *kernel)
{
	(void)kernel;
	return 0;
}

void kernel_take_in_processes(const struct kernel *kernel)
{
	(void)kernel;
}

/* An outbox whose own events lie in `map`, with empty rings. False when they cannot be opened. */
static inline bool open_outbox(struct outbox *outbox, struct kernel *kernel, int map)
{
	int source;

	memset(outbox, 0, sizeof(*outbox));
	outbox->kernel = kernel;
	outbox->signal = open("/dev/null", O_WRONLY | O_CLOEXEC);
	for (source = FROM_VIOLATIONS; source <= FROM_OBSERVATIONS; source++) {
		ring_memory[source].consumer = ring_memory[source].producer = 0;
		outbox->rings[source] = (struct ring){
			.fd = -1,
			.consumer = &ring_memory[source].consumer,
			.producer = &ring_memory[source].producer,
			.data = ring_memory[source].data,
			.mask = RING_BYTES - 1,
		};
	}
	return outbox->signal >= 0 && !own_events_open(&outbox->own, map, &kernel->settings->round);
}

static inline int new_own_map(void)
{
	int map = memfd_create("own-events", MFD_CLOEXEC);

	if (map < 0 || ftruncate(map, (1 + OWN_SHARE_PAGES) * OWN_PAGE + OWN_BYTES))
		abort();
	return map;
}

#endif
