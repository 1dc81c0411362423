/* Where values stand in JSON of any bytes: the same as jansson finds, wherever that reads it. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "../../runtime-wrapper/json-span.h"

static const char *const seccomp[] = { "linux", "seccomp", NULL };

/* Without these no key is disguised, nothing lies too deep, and jansson does not read on behind a zero. */
static bool is_plain(const char *text, size_t size)
{
	int open = 0;

	for (size_t at = 0; at < size; at++) {
		if (!text[at] || text[at] == '\\' || text[at] & 0x80 || (text[at] >= 'A' && text[at] <= 'Z'))
			return false;
		open += text[at] == '[' || text[at] == '{';
	}
	return open < 60;
}

/* jansson agrees that the text is JSON: then what was found is the value, and what was not is not there. */
static void compare(const json_t *whole, const char *text, enum span_result result, const struct span *span)
{
	json_t *value = json_object_get(json_object_get(whole, "linux"), "seccomp");
	json_t *mine;

	if (result == SPAN_MALFORMED)
		return;
	if ((result == SPAN_FOUND) != (value != NULL))
		abort();
	if (!value)
		return;
	mine = json_loadb(text + span->from, span->to - span->from, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	if (!json_equal(value, mine))
		abort();
	json_decref(mine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of its very length, so that a byte too far is noticed. */
	char *text = malloc(size ? size : 1);
	struct span span = {};
	enum span_result result;
	json_t *whole;

	memcpy(text, data, size);
	result = find_span(text, size, seccomp, &span);
	if (result == SPAN_FOUND && (span.from >= span.to || span.to > size))
		abort();
	whole = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	if (whole && result == SPAN_MALFORMED && is_plain(text, size))
		abort();
	if (whole)
		compare(whole, text, result, &span);
	json_decref(whole);
	free(text);
	return 0;
}
