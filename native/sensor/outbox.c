#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "log.h"
#include "mask.h"
#include "outbox.h"

#define ARGV_TEXT 3 /* of wire_exec: path, caller, given, argv; of wire_code: path, opener, writer, argv */

_Static_assert(sizeof(struct wire_exec) == sizeof(struct wire_code), "their texts begin at one place");

struct stamp {
	uint64_t sequence;
	uint64_t time;
} __attribute__((packed));

static uint64_t end_of(const struct outbox *outbox, int source)
{
	if (source == FROM_OWN)
		return __atomic_load_n(&outbox->own.head->to, __ATOMIC_ACQUIRE);
	return __atomic_load_n(outbox->rings[source].producer, __ATOMIC_ACQUIRE);
}

/* The round that runs ends when all that is there now is acknowledged. */
static void end_round_here(struct outbox *outbox)
{
	int source;

	for (source = FROM_OWN; source <= FROM_OBSERVATIONS; source++)
		outbox->round_until[source] = end_of(outbox, source);
}

int outbox_open(struct outbox *outbox, struct kernel *kernel)
{
	outbox->kernel = kernel;
	outbox->signal = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (outbox->signal < 0)
		return -1;
	if (own_events_open(&outbox->own, kernel->own_events, &kernel->settings->round))
		return -1;
	if (ring_open(&outbox->rings[FROM_VIOLATIONS], kernel->violations) ||
	    ring_open(&outbox->rings[FROM_OBSERVATIONS], kernel->observations))
		return -1;
	end_round_here(outbox);
	return 0;
}

/* How many events an event stands for. */
static uint64_t weight_of(uint16_t type, const void *payload)
{
	struct wire_loss loss;
	struct wire_throttle throttle;

	switch (type) {
	case WIRE_LOSS:
		memcpy(&loss, payload, sizeof(loss));
		return loss.count;
	case WIRE_THROTTLE:
		memcpy(&throttle, payload, sizeof(throttle));
		return throttle.count;
	default:
		return 1;
	}
}

void outbox_push(struct outbox *outbox, uint16_t type, const void *payload, uint32_t length)
{
	uint64_t one = 1;

	if (!own_events_put(&outbox->own, type, payload, length))
		own_events_lose(&outbox->own, own_events_sharer(type, payload, length), weight_of(type, payload));
	if (write(outbox->signal, &one, sizeof(one)) < 0)
		log_line("signal to the sender was not given");
}

/* Masks secrets among the words of a program or code event, which lies in a copy; returns its length then. */
static uint32_t mask_words_of(char *payload, uint32_t length)
{
	uint32_t at = sizeof(struct wire_exec);
	uint16_t bytes, masked;
	int text;

	for (text = 0; text <= ARGV_TEXT; text++) {
		if (at + sizeof(bytes) > length)
			return length;
		memcpy(&bytes, payload + at, sizeof(bytes));
		at += sizeof(bytes);
		if (at + bytes > length)
			return length;
		if (text < ARGV_TEXT)
			at += bytes;
	}
	masked = mask_argv(payload + at, bytes);
	memcpy(payload + at - sizeof(masked), &masked, sizeof(masked));
	memmove(payload + at + masked, payload + at + bytes, length - at - bytes);
	return length - (bytes - masked);
}

static uint64_t time_of(const void *payload)
{
	struct stamp stamp;

	memcpy(&stamp, payload, sizeof(stamp));
	return stamp.time;
}

/* Record at the head of a source, its payload and type; NULL when there is none. */
static const char *head_of(struct outbox *outbox, int source, struct outgoing *out, uint32_t *known)
{
	const struct record *record;
	uint32_t length;

	*known = CONTAINER_OURS;
	if (source == FROM_OWN) {
		const struct own_record *own = own_events_peek(&outbox->own);

		if (!own)
			return NULL;
		out->type = own->type;
		out->length = own->length;
		return (const char *)(own + 1);
	}
	record = ring_peek(&outbox->rings[source], &length);
	if (!record)
		return NULL;
	*known = record->known;
	out->type = record->type;
	out->length = length - sizeof(*record);
	if (out->type == WIRE_LISTEN) {
		uint16_t text;

		memcpy(&text, (const char *)(record + 1) + sizeof(struct wire_listen), sizeof(text));
		out->length = sizeof(struct wire_listen) + sizeof(text) + text;
	}
	return (const char *)(record + 1);
}

static uint64_t pass(struct outbox *outbox, int source)
{
	return source == FROM_OWN ? own_events_pass(&outbox->own) : ring_pass(&outbox->rings[source]);
}

static int earliest(struct outbox *outbox)
{
	int source, chosen = -1;
	uint64_t first = 0;

	for (source = FROM_OWN; source <= FROM_OBSERVATIONS; source++) {
		struct outgoing out;
		uint32_t known;
		const char *payload = head_of(outbox, source, &out, &known);

		if (payload && (chosen < 0 || time_of(payload) < first)) {
			first = time_of(payload);
			chosen = source;
		}
	}
	return chosen;
}

static bool is_wanted(struct outbox *outbox, const char *payload, uint32_t known)
{
	uint64_t cgroup;

	if (known == CONTAINER_OURS)
		return true;
	memcpy(&cgroup, payload + sizeof(struct stamp), sizeof(cgroup));
	return outbox->is_ours(outbox->context, cgroup);
}

static void copy_out(struct outbox *outbox, struct outgoing *out, const char *payload, uint64_t sequence)
{
	if (out->length > EVENT_BYTES)
		out->length = EVENT_BYTES;
	memcpy(outbox->event, payload, out->length);
	memcpy(outbox->event, &sequence, sizeof(sequence));
	if (out->type == WIRE_EXEC || out->type == WIRE_CODE)
		out->length = mask_words_of(outbox->event, out->length);
	out->payload = outbox->event;
}

static struct flight *flight_at(struct outbox *outbox, uint32_t index)
{
	return &outbox->flights[(outbox->flight_from + index) % OUTBOX_FLIGHT];
}

static void land(struct outbox *outbox, const struct flight *flight)
{
	if (flight->source == FROM_OWN)
		own_events_release(&outbox->own, flight->behind);
	else
		ring_release(&outbox->rings[flight->source], flight->behind);
}

bool outbox_next(struct outbox *outbox, struct outgoing *out)
{
	const char *payload;
	uint32_t known;

	for (;;) {
		bool again = outbox->replayed < outbox->flight_count;
		struct flight *flight = flight_at(outbox, outbox->replayed);

		if (!again) {
			int source = outbox->flight_count < OUTBOX_FLIGHT ? earliest(outbox) : -1;

			if (source < 0)
				return false;
			flight->source = source;
		}
		payload = head_of(outbox, flight->source, out, &known);
		if (!again) {
			flight->skipped = !is_wanted(outbox, payload, known);
			flight->sequence = outbox->kernel->settings->sequence += !flight->skipped;
			outbox->events += !flight->skipped;
			outbox->flight_count++;
		}
		if (!flight->skipped)
			copy_out(outbox, out, payload, flight->sequence);
		flight->sent = boot_now();
		flight->behind = pass(outbox, flight->source);
		outbox->replayed++;
		if (!flight->skipped)
			return true;
		if (outbox->flight_count == 1)
			outbox_acknowledge(outbox, flight->sequence);
	}
}

static uint64_t first_of(const struct outbox *outbox, int source)
{
	if (source == FROM_OWN)
		return __atomic_load_n(&outbox->own.head->from, __ATOMIC_ACQUIRE);
	return __atomic_load_n(outbox->rings[source].consumer, __ATOMIC_ACQUIRE);
}

/* Whether all is acknowledged that was there when the round began; then, or whenever nothing waits. */
static bool is_round_over(struct outbox *outbox)
{
	int source;

	if (!outbox->flight_count && earliest(outbox) < 0)
		return true;
	for (source = FROM_OWN; source <= FROM_OBSERVATIONS; source++)
		if (first_of(outbox, source) < outbox->round_until[source])
			return false;
	return true;
}

static void begin_round(struct outbox *outbox)
{
	if (!is_round_over(outbox))
		return;
	/* The round first: what is written meanwhile counts to the new one, or lies before its end. */
	__atomic_add_fetch(&outbox->kernel->settings->round, 1, __ATOMIC_SEQ_CST);
	end_round_here(outbox);
}

void outbox_acknowledge(struct outbox *outbox, uint64_t sequence)
{
	while (outbox->flight_count && outbox->replayed) {
		struct flight *flight = flight_at(outbox, 0);

		if (flight->sequence > sequence)
			break;
		land(outbox, flight);
		outbox->flight_from = (outbox->flight_from + 1) % OUTBOX_FLIGHT;
		outbox->flight_count--;
		outbox->replayed--;
	}
	begin_round(outbox);
}

void outbox_tick(struct outbox *outbox)
{
	begin_round(outbox);
	own_events_report_throttled(&outbox->own, boot_now());
}

uint64_t outbox_oldest_ns(const struct outbox *outbox)
{
	if (!outbox->replayed)
		return 0;
	return boot_now() - outbox->flights[outbox->flight_from].sent;
}

void outbox_rewind(struct outbox *outbox)
{
	ring_rewind(&outbox->rings[FROM_VIOLATIONS]);
	ring_rewind(&outbox->rings[FROM_OBSERVATIONS]);
	own_events_rewind(&outbox->own);
	outbox->replayed = 0;
}
