/* A BPF ring read without taking from it: what was read stays until it is released, so the pinned ring is the spool. */
#ifndef SEAWALL_RING_H
#define SEAWALL_RING_H

#include <stdint.h>

struct ring {
	int fd;
	unsigned long *consumer;
	const unsigned long *producer;
	const char *data;
	unsigned long mask;
	unsigned long at; /* of the next record to read */
};

/* Maps the ring of this descriptor. 0, or -1 with errno. */
int ring_open(struct ring *ring, int fd);

/* Next whole record, NULL when there is none. */
const void *ring_peek(struct ring *ring, uint32_t *length);

/* Goes behind the record that `ring_peek` gave; returns the place behind it. */
unsigned long ring_pass(struct ring *ring);

/* Gives the room before `place` back to the kernel. */
void ring_release(struct ring *ring, unsigned long place);

/* Reads again from what was released last. */
void ring_rewind(struct ring *ring);

#endif
