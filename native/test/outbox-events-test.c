/* What the outbox makes of single events: masked, cut to the room, counted where there is none. */
#include "outbox-ground.h"

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

static bool has_secret(const struct outgoing *out)
{
	return memmem(out->payload, out->length, "Tr0ub4dor", 9) != NULL;
}

/* argv is masked where the event is whole, and nothing is read behind one that is not. */
static void masked(void)
{
	struct outgoing whole = exec_sent(WIRE_EXEC, 0), torn;
	uint32_t full = sizeof(struct wire_exec) + 9 + 2 + sizeof(SECRET) - 1, cut;
	uint16_t words;

	EXPECT(!has_secret(&whole) && whole.length < full);
	whole = exec_sent(WIRE_CODE, 0);
	EXPECT(!has_secret(&whole) && whole.length < full);
	whole = exec_sent(WIRE_EXEC, 0);
	memcpy(&words, whole.payload + sizeof(struct wire_exec) + 9, sizeof(words));
	EXPECT(sizeof(struct wire_exec) + 9 + 2 + words == whole.length);
	for (cut = 1; cut < full - sizeof(struct wire_exec); cut++) {
		torn = exec_sent(WIRE_EXEC, cut);
		EXPECT(torn.length == full - cut);
	}
	/* Other types have other texts: they are left as they are. */
	torn = exec_sent(WIRE_LISTEN, 0);
	EXPECT(torn.length == full && has_secret(&torn));
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
	puts("the outbox sends what may be sent");
	return 0;
}
