/* Texts behind the struct of an event: whatever their lengths, the receiver finds as many as were counted, within the
 * room. */
#include <string.h>

#include "../sensor/payload.h"
#include "expect.h"

#define TEXTS 11
#define LONGEST 4096

/* Writes texts of these lengths behind a struct of `head` bytes. */
static struct payload written(uint32_t head, const size_t lengths[TEXTS])
{
	static char from[LONGEST + 1];
	struct payload payload;
	char begin[512] = {};
	int i;

	memset(&payload, 0x55, sizeof(payload));
	memset(from, 'x', LONGEST);
	payload_begin(&payload, begin, head, TEXTS);
	for (i = 0; i < TEXTS; i++)
		payload_bytes(&payload, from, lengths[i]);
	return payload;
}

/* How many whole texts the receiver finds; they must end where the payload does. */
static int texts_in(const struct payload *payload, uint32_t head)
{
	uint32_t at = head;
	int count = 0;

	while (at + sizeof(uint16_t) <= payload->length) {
		uint16_t length;

		memcpy(&length, payload->bytes + at, sizeof(length));
		at += sizeof(length) + length;
		count++;
	}
	EXPECT(at == payload->length);
	return count;
}

/* Every length around the one at which the room is full with texts still to come. */
static void full(void)
{
	uint32_t head;

	for (head = 200; head < 200 + 64; head++) {
		size_t lengths[TEXTS] = { LONGEST, LONGEST, LONGEST, 0, 3600, 20, 20, 20, 20, 20, 20 };

		for (lengths[3] = 100; lengths[3] < 400; lengths[3]++) {
			struct payload payload = written(head, lengths);

			EXPECT(payload.length <= EVENT_BYTES);
			EXPECT(texts_in(&payload, head) == TEXTS);
		}
	}
}

static void cut(void)
{
	static char from[LONGEST + 2];
	struct payload payload;

	memset(from, 'x', LONGEST + 1);
	payload_begin(&payload, "head", 4, 2);
	payload_text(&payload, from);
	EXPECT(payload.length == 4 + 2 + LONGEST);
	payload_text(&payload, NULL);
	EXPECT(payload.length == 4 + 2 + LONGEST + 2 && !memcmp(payload.bytes, "head", 4));
	payload_text(&payload, "one too many");
	EXPECT(payload.length == 4 + 2 + LONGEST + 2);
}

int main(void)
{
	full();
	cut();
	puts("payloads hold their texts");
	return 0;
}
