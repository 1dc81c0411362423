/* The outbox: order, acknowledgement, what is sent again, rounds of the shares. */
#include "outbox-ground.h"

/* Writes a record to a ring; `bits`: busy or discarded. */
static uint32_t *written(int source, uint64_t time, uint64_t cgroup, uint32_t bits)
{
	struct fake_ring *ring = &fakes[source];
	struct {
		struct record record;
		struct wire_loss loss;
	} event = {
		.record = { .type = WIRE_LOSS, .known = cgroup == OURS ? CONTAINER_OURS : CONTAINER_UNKNOWN },
		.loss = { .time = time, .cgroup = cgroup, .count = 1 },
	};
	uint32_t *header = (uint32_t *)(ring->data + (ring->producer & (RING_BYTES - 1)));

	*header = sizeof(event) | bits;
	memcpy((char *)header + BPF_RINGBUF_HDR_SZ, &event, sizeof(event));
	ring->producer += BPF_RINGBUF_HDR_SZ + ((sizeof(event) + 7) & ~7UL);
	return header;
}

static void pushed(uint64_t time, uint64_t cgroup)
{
	struct wire_loss loss = { .time = time, .cgroup = cgroup, .count = 1 };

	outbox_push(&outbox, WIRE_LOSS, &loss, sizeof(loss));
}

static void in_order(void)
{
	reset();
	written(FROM_OBSERVATIONS, 3, OURS, 0);
	written(FROM_VIOLATIONS, 2, OURS, 0);
	pushed(1, OURS);
	pushed(4, OURS);
	EXPECT(next(1) == 1 && next(2) == 2 && next(3) == 3 && next(4) == 4 && next(5) == 0);
	/* Of one moment the sensor's own goes first, then violations. */
	written(FROM_OBSERVATIONS, 9, OURS, 0);
	written(FROM_VIOLATIONS, 9, OURS, 0);
	pushed(9, OURS);
	EXPECT(next(5) == 9 && next(6) == 9 && next(7) == 9);
	EXPECT(outbox.flights[4].source == FROM_OWN && outbox.flights[5].source == FROM_VIOLATIONS);
}

/* Places from which the sources would be read again. */
static bool stands(uint64_t own, unsigned long violations, unsigned long observations)
{
	return outbox.own.head->from == own && fakes[FROM_VIOLATIONS].consumer == violations &&
	       fakes[FROM_OBSERVATIONS].consumer == observations;
}

static void acknowledged(void)
{
	uint64_t own;
	unsigned long one;

	reset();
	written(FROM_VIOLATIONS, 1, OURS, 0);
	pushed(2, OURS);
	written(FROM_OBSERVATIONS, 3, OURS, 0);
	written(FROM_VIOLATIONS, 4, OURS, 0);
	one = fakes[FROM_OBSERVATIONS].producer;
	own = outbox.own.head->to;
	EXPECT(next(1) && next(2) && next(3));
	outbox_acknowledge(&outbox, 0);
	EXPECT(stands(0, 0, 0));
	outbox_acknowledge(&outbox, 2);
	EXPECT(stands(own, one, 0) && outbox.flight_count == 1);
	outbox_acknowledge(&outbox, 2);
	EXPECT(stands(own, one, 0));
	/* More than was sent: what was not sent stays. */
	outbox_acknowledge(&outbox, 99);
	EXPECT(stands(own, one, one) && next(4) == 4);
	outbox_acknowledge(&outbox, 4);
	EXPECT(stands(own, 2 * one, one) && outbox.flight_count == 0 && next(5) == 0);
}

static void again(void)
{
	reset();
	for (uint64_t time = 1; time <= 4; time++)
		written(FROM_VIOLATIONS, time, OURS, 0);
	EXPECT(next(1) == 1 && next(2) == 2 && next(3) == 3);
	outbox_acknowledge(&outbox, 1);
	outbox_rewind(&outbox);
	/* An older event that comes now keeps its place behind those that were sent. */
	pushed(1, OURS);
	EXPECT(next(2) == 2);
	/* Nothing is given up that this agent was not sent. */
	outbox_acknowledge(&outbox, 3);
	EXPECT(outbox.flight_count == 1 && next(3) == 3);
	EXPECT(next(4) == 1 && next(5) == 4 && next(6) == 0);
	outbox_rewind(&outbox);
	outbox_rewind(&outbox);
	EXPECT(next(3) == 3 && next(4) == 1 && next(5) == 4 && next(6) == 0);
	outbox_acknowledge(&outbox, 5);
	EXPECT(outbox.flight_count == 0);
	written(FROM_OBSERVATIONS, 1, OURS, 0);
	written(FROM_OBSERVATIONS, 2, OURS, 0);
	EXPECT(next(6) == 1 && next(7) == 2);
	outbox_rewind(&outbox);
	EXPECT(next(6) == 1 && next(7) == 2 && next(8) == 0);
}

/* Events of another engine's containers are passed over, and free their room with those before them. */
static void passed_over(void)
{
	reset();
	written(FROM_VIOLATIONS, 1, THEIRS, 0);
	EXPECT(next(1) == 0 && fakes[FROM_VIOLATIONS].consumer == fakes[FROM_VIOLATIONS].producer);
	written(FROM_VIOLATIONS, 2, OURS, 0);
	written(FROM_VIOLATIONS, 3, THEIRS, 0);
	written(FROM_VIOLATIONS, 4, OURS, 0);
	EXPECT(next(1) == 2 && next(2) == 4 && outbox.events == 2);
	outbox_rewind(&outbox);
	EXPECT(next(1) == 2 && next(2) == 4 && next(3) == 0);
	outbox_acknowledge(&outbox, 1);
	EXPECT(outbox.flight_count == 1);
	outbox_acknowledge(&outbox, 2);
	EXPECT(fakes[FROM_VIOLATIONS].consumer == fakes[FROM_VIOLATIONS].producer);
}

/* Records that the kernel has not written to the end, or gave up. */
static void half_written(void)
{
	uint32_t *header;

	reset();
	written(FROM_VIOLATIONS, 1, OURS, BPF_RINGBUF_DISCARD_BIT);
	written(FROM_VIOLATIONS, 2, OURS, 0);
	header = written(FROM_VIOLATIONS, 3, OURS, BPF_RINGBUF_BUSY_BIT);
	written(FROM_VIOLATIONS, 4, OURS, 0);
	EXPECT(next(1) == 2 && next(2) == 0);
	*header &= ~BPF_RINGBUF_BUSY_BIT;
	EXPECT(next(2) == 3 && next(3) == 4 && next(4) == 0);
	/* Over the edge of the ring many times. */
	for (uint64_t sequence = 4; sequence < 40000; sequence++) {
		written(FROM_VIOLATIONS, sequence, OURS, sequence % 3 ? 0 : BPF_RINGBUF_DISCARD_BIT);
		settings.sequence = sequence - 1;
		EXPECT(next(sequence) == (sequence % 3 ? sequence : 0));
		outbox_acknowledge(&outbox, sequence);
	}
}

static void oldest(void)
{
	reset();
	clock_now = 1000;
	EXPECT(outbox_oldest_ns(&outbox) == 0);
	written(FROM_VIOLATIONS, 1, OURS, 0);
	written(FROM_VIOLATIONS, 2, OURS, 0);
	EXPECT(outbox_oldest_ns(&outbox) == 0);
	EXPECT(next(1));
	clock_now = 1500;
	EXPECT(next(2));
	clock_now = 1700;
	EXPECT(outbox_oldest_ns(&outbox) == 700);
	outbox_acknowledge(&outbox, 1);
	EXPECT(outbox_oldest_ns(&outbox) == 200);
	/* For another agent it begins anew. */
	outbox_rewind(&outbox);
	EXPECT(outbox_oldest_ns(&outbox) == 0 && next(2));
	clock_now = 1750;
	EXPECT(outbox_oldest_ns(&outbox) == 50);
	outbox_acknowledge(&outbox, 2);
	EXPECT(outbox_oldest_ns(&outbox) == 0);
}

/* A round ends when all of every source is acknowledged that was there when it began. */
static void rounds(void)
{
	static const int sources[] = { FROM_OWN, FROM_VIOLATIONS, FROM_OBSERVATIONS };
	int i;

	for (i = 0; i < 3; i++) {
		uint64_t began;

		reset();
		if (sources[i] == FROM_OWN)
			pushed(1, OURS);
		else
			written(sources[i], 1, OURS, 0);
		outbox_tick(&outbox); /* a round that ends with this event */
		began = settings.round;
		written(FROM_VIOLATIONS, 2, OURS, 0);
		outbox_tick(&outbox);
		EXPECT(settings.round == began && next(1) == 1 && next(2) == 2);
		outbox_tick(&outbox);
		EXPECT(settings.round == began);
		outbox_acknowledge(&outbox, 1);
		EXPECT(settings.round == began + 1);
		outbox_tick(&outbox);
		EXPECT(settings.round == began + 1);
		outbox_acknowledge(&outbox, 2);
		EXPECT(settings.round == began + 2);
	}
}

/* As many as there is room for in flight; the next one goes when the first has landed. */
static void flights(void)
{
	uint64_t sequence;

	reset();
	for (sequence = 1; sequence <= OUTBOX_FLIGHT; sequence++) {
		fakes[FROM_VIOLATIONS].producer %=
			RING_BYTES; /* records may be overwritten: only their number counts */
		outbox.rings[FROM_VIOLATIONS].at %= RING_BYTES;
		written(FROM_VIOLATIONS, sequence, OURS, 0);
		EXPECT(next(sequence) == sequence);
	}
	written(FROM_VIOLATIONS, sequence, OURS, 0);
	EXPECT(next(sequence) == 0);
	outbox_acknowledge(&outbox, 1);
	EXPECT(next(sequence) == sequence && next(sequence + 1) == 0);
}

int main(void)
{
	in_order();
	acknowledged();
	again();
	passed_over();
	half_written();
	oldest();
	rounds();
	flights();
	puts("the outbox keeps what is not acknowledged");
	return 0;
}
