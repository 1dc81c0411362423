/* Where a value stands in JSON text. What is not looked for keeps every byte that it has: numbers that no double holds,
 * the order of keys. */
#ifndef SEAWALL_JSON_SPAN_H
#define SEAWALL_JSON_SPAN_H

#include <stddef.h>

struct span {
	size_t from, to;
};

enum span_result {
	SPAN_MALFORMED = -1, /* no JSON, or a key on the way stands twice or is spelt so that Go folds it to one */
	SPAN_ABSENT = 0,
	SPAN_FOUND = 1,
};

/* Reads the whole text; `path` are keys from the outermost object on, ended by NULL. */
enum span_result find_span(const char *text, size_t bytes, const char *const *path, struct span *value);

#endif
