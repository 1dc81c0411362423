#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "ring.h"

static unsigned long record_bytes(uint32_t header)
{
	uint32_t length = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

	return (length + BPF_RINGBUF_HDR_SZ + 7) & ~7UL;
}

static uint32_t header_at(const struct ring *ring)
{
	return __atomic_load_n((const uint32_t *)(ring->data + (ring->at & ring->mask)), __ATOMIC_ACQUIRE);
}

int ring_open(struct ring *ring, int fd)
{
	struct bpf_map_info about = {};
	uint32_t bytes = sizeof(about);
	long page = sysconf(_SC_PAGESIZE);
	char *mapped;

	if (bpf_map_get_info_by_fd(fd, &about, &bytes))
		return -1;
	ring->fd = fd;
	ring->mask = about.max_entries - 1;
	ring->consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring->consumer == MAP_FAILED)
		return -1;
	mapped = mmap(NULL, page + 2UL * about.max_entries, PROT_READ, MAP_SHARED, fd, page);
	if (mapped == MAP_FAILED)
		return -1;
	ring->producer = (const unsigned long *)mapped;
	ring->data = mapped + page;
	ring_rewind(ring);
	return 0;
}

const void *ring_peek(struct ring *ring, uint32_t *length)
{
	while (ring->at < __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE)) {
		uint32_t header = header_at(ring);

		if (header & BPF_RINGBUF_BUSY_BIT)
			return NULL;
		if (!(header & BPF_RINGBUF_DISCARD_BIT)) {
			*length = header;
			return ring->data + (ring->at & ring->mask) + BPF_RINGBUF_HDR_SZ;
		}
		ring->at += record_bytes(header);
	}
	return NULL;
}

unsigned long ring_pass(struct ring *ring)
{
	ring->at += record_bytes(header_at(ring));
	return ring->at;
}

void ring_release(struct ring *ring, unsigned long place)
{
	__atomic_store_n(ring->consumer, place, __ATOMIC_RELEASE);
}

void ring_rewind(struct ring *ring)
{
	ring->at = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
}
