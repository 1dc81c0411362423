/* The payload of an event as it is written: a struct of the wire, then the texts that the wire counts behind it. */
#ifndef SEAWALL_PAYLOAD_H
#define SEAWALL_PAYLOAD_H

#include <stddef.h>

#include "layout.h"

struct payload {
	char bytes[EVENT_BYTES];
	uint32_t length;
	uint32_t texts; /* still to come; each has room for its length at least */
};

/* Begins with a struct behind which so many texts stand. */
void payload_begin(struct payload *payload, const void *head, uint32_t bytes, uint32_t texts);

/* Writes the next text. A long one is cut, one for which there is no room is empty; one too many is left out. */
void payload_bytes(struct payload *payload, const char *from, size_t length);

/* NULL counts as empty. */
void payload_text(struct payload *payload, const char *text);

#endif
