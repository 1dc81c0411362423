/* The outbox over rings of the test's own: order, acknowledgement, what is sent again, rounds of the shares. */
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

#define SECRET "psql\0--password=Tr0ub4dor&3xyz"

/* An exec event whose texts are path, caller, file name and argv; `cut` bytes of it are missing. Gives what is sent. */
static struct outgoing exec_sent(uint16_t type, uint32_t cut)
{
	static const char texts[] = "\1\0p\1\0c\1\0g";
	char payload[sizeof(struct wire_exec) + 256] = {};
	uint32_t at = sizeof(struct wire_exec);
	uint16_t words = sizeof(SECRET) - 1;
	struct outgoing out = {};

	reset();
	memcpy(payload + at, texts, sizeof(texts) - 1);
	at += sizeof(texts) - 1;
	memcpy(payload + at, &words, sizeof(words));
	memcpy(payload + at + sizeof(words), SECRET, words);
	outbox_push(&outbox, type, payload, at + sizeof(words) + words - cut);
	EXPECT(outbox_next(&outbox, &out));
	return out;
}

static bool tells_secret(const struct outgoing *out)
{
	return memmem(out->payload, out->length, "Tr0ub4dor", 9) != NULL;
}

/* argv is masked where the event is whole, and nothing is read behind one that is not. */
static void masked(void)
{
	struct outgoing whole = exec_sent(WIRE_EXEC, 0), torn;
	uint32_t full = sizeof(struct wire_exec) + 9 + 2 + sizeof(SECRET) - 1, cut;
	uint16_t words;

	EXPECT(!tells_secret(&whole) && whole.length < full);
	whole = exec_sent(WIRE_CODE, 0);
	EXPECT(!tells_secret(&whole) && whole.length < full);
	whole = exec_sent(WIRE_EXEC, 0);
	memcpy(&words, whole.payload + sizeof(struct wire_exec) + 9, sizeof(words));
	EXPECT(sizeof(struct wire_exec) + 9 + 2 + words == whole.length);
	for (cut = 1; cut < full - sizeof(struct wire_exec); cut++) {
		torn = exec_sent(WIRE_EXEC, cut);
		EXPECT(torn.length == full - cut);
	}
	/* Other types have other texts: they are left as they are. */
	torn = exec_sent(WIRE_LISTEN, 0);
	EXPECT(torn.length == full && tells_secret(&torn));
}

/* The longest event, and what the kernel writes beyond it: nothing is read or written behind the room. */
static void longest(void)
{
	static char record[sizeof(struct record) + EVENT_BYTES + 1];
	struct fake_ring *ring = &fakes[FROM_VIOLATIONS];
	uint16_t text =
		EVENT_BYTES - sizeof(struct wire_exec) - sizeof(text) - 1; /* one byte is left of the next length */
	uint32_t length;
	struct outgoing out;

	for (length = EVENT_BYTES - 1; length <= EVENT_BYTES + 1; length++) {
		uint32_t header = sizeof(struct record) + length;

		reset();
		memcpy(record, &(struct record){ .type = WIRE_EXEC, .known = CONTAINER_OURS }, sizeof(struct record));
		memcpy(record + sizeof(struct record) + sizeof(struct wire_exec), &text, sizeof(text));
		memcpy(ring->data, &header, sizeof(header));
		memcpy(ring->data + BPF_RINGBUF_HDR_SZ, record, header);
		ring->producer = BPF_RINGBUF_HDR_SZ + ((header + 7) & ~7UL);
		EXPECT(outbox_next(&outbox, &out));
		EXPECT(out.length == (length < EVENT_BYTES ? length : EVENT_BYTES));
	}
}

/* What the sensor could not put counts with all that it stood for, to its container. */
static void uncounted(void)
{
	char payload[EVENT_BYTES + 1] = {};
	struct wire_loss loss = { .cgroup = OURS, .count = 5 };
	struct wire_throttle throttle = { .cgroup = OURS, .count = 7 };
	struct outgoing out;

	reset();
	memcpy(payload, &loss, sizeof(loss));
	outbox_push(&outbox, WIRE_LOSS, payload, sizeof(payload));
	memcpy(payload, &throttle, sizeof(throttle));
	outbox_push(&outbox, WIRE_THROTTLE, payload, sizeof(payload));
	outbox_push(&outbox, WIRE_EXEC, payload, sizeof(payload));
	EXPECT(outbox.own.head->throttled == 5 + 7 + 1 && !own_events_peek(&outbox.own));
	outbox_tick(&outbox);
	EXPECT(outbox_next(&outbox, &out) && out.type == WIRE_THROTTLE);
	memcpy(&throttle, out.payload, sizeof(throttle));
	EXPECT(throttle.cgroup == OURS && throttle.count == 5 + 7 + 1 && next(2) == 0);
}

/* The kernel writes room for the longest text: it is sent as long as it is. */
static void listening(void)
{
	struct fake_ring *ring = &fakes[FROM_OBSERVATIONS];
	const struct record record = { .type = WIRE_LISTEN, .known = CONTAINER_OURS };
	uint32_t header = sizeof(record) + sizeof(struct wire_listen) + 2 + 256;
	char *place = ring->data + BPF_RINGBUF_HDR_SZ;
	uint16_t text = 6;
	struct outgoing out;

	reset();
	memcpy(ring->data, &header, sizeof(header));
	memcpy(place, &record, sizeof(record));
	memcpy(place + sizeof(record) + sizeof(struct wire_listen), &text, sizeof(text));
	ring->producer = BPF_RINGBUF_HDR_SZ + ((header + 7) & ~7UL);
	EXPECT(outbox_next(&outbox, &out) && out.type == WIRE_LISTEN);
	EXPECT(out.length == sizeof(struct wire_listen) + 2 + 6);
}

int main(void)
{
	longest();
	uncounted();
	listening();
	masked();
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
