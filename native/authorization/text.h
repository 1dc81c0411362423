/* Bytes that grow, within what all connections together may hold. */
#ifndef SEAWALL_TEXT_H
#define SEAWALL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
	char *bytes; /* ended by a zero that is not counted; NULL: empty */
	size_t used;
	size_t room;
};

/* False when it would be longer than `most`, or there is no memory left for it; then it is as before. */
bool text_add(struct text *text, const char *bytes, size_t count, size_t most);
void text_drop(struct text *text);

/* What all texts hold together, bytes. */
size_t text_total(void);

#endif
