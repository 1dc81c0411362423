#include "text.h"

#include <stdlib.h>
#include <string.h>

#define LEAST 256
#define MOST_TOTAL ((size_t)48 * 1024 * 1024)

static size_t total;

size_t text_total(void)
{
	return total;
}

bool text_add(struct text *text, const char *bytes, size_t count, size_t most)
{
	size_t room = text->room ? text->room : LEAST;
	char *grown;

	if (count > most || text->used > most - count)
		return false;
	while (room <= text->used + count)
		room *= 2;
	if (room != text->room) {
		if (total + room - text->room > MOST_TOTAL || !(grown = realloc(text->bytes, room)))
			return false;
		total += room - text->room;
		text->bytes = grown;
		text->room = room;
	}
	memcpy(text->bytes + text->used, bytes, count);
	text->used += count;
	text->bytes[text->used] = 0;
	return true;
}

void text_drop(struct text *text)
{
	total -= text->room;
	free(text->bytes);
	*text = (struct text){ 0 };
}
