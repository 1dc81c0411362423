#include "payload.h"

#include <string.h>

#define MOST_TEXT 4096

void payload_begin(struct payload *payload, const void *head, uint32_t bytes, uint32_t texts)
{
	memcpy(payload->bytes, head, bytes);
	payload->length = bytes;
	payload->texts = texts;
}

void payload_bytes(struct payload *payload, const char *from, size_t length)
{
	uint16_t counted = length > MOST_TEXT ? MOST_TEXT : length;
	size_t lengths = payload->texts * sizeof(counted); /* of this text and of those behind it */

	if (!payload->texts)
		return;
	payload->texts--;
	if (payload->length + lengths + counted > EVENT_BYTES)
		counted = 0;
	memcpy(payload->bytes + payload->length, &counted, sizeof(counted));
	memcpy(payload->bytes + payload->length + sizeof(counted), from, counted);
	payload->length += sizeof(counted) + counted;
}

void payload_text(struct payload *payload, const char *text)
{
	payload_bytes(payload, text ? text : "", text ? strlen(text) : 0);
}
