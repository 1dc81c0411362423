#include "json-span.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define DEEPEST 64

struct scan {
	const char *text;
	size_t bytes;
	size_t at;
	struct span *value;
	bool is_found;
};

static bool scan_value(struct scan *scan, const char *const *path, int depth);

/* The byte here, 0 behind the end. */
static char here(const struct scan *scan)
{
	return scan->at < scan->bytes ? scan->text[scan->at] : 0;
}

static void skip_space(struct scan *scan)
{
	while (here(scan) == ' ' || here(scan) == '\t' || here(scan) == '\n' || here(scan) == '\r')
		scan->at++;
}

static bool take(struct scan *scan, char wanted)
{
	skip_space(scan);
	if (here(scan) != wanted)
		return false;
	scan->at++;
	return true;
}

/* A string with its marks; `key` is what stands between them. */
static bool scan_string(struct scan *scan, struct span *key)
{
	if (!take(scan, '"'))
		return false;
	key->from = scan->at;
	for (; scan->at < scan->bytes; scan->at++) {
		unsigned char byte = (unsigned char)scan->text[scan->at];

		if (byte == '"') {
			key->to = scan->at++;
			return true;
		}
		if (byte < 0x20)
			return false;
		if (byte == '\\')
			scan->at++;
	}
	return false;
}

/* A number or a word: what it says does not matter here. */
static bool scan_word(struct scan *scan)
{
	size_t from = scan->at;

	while (here(scan) && strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", here(scan)))
		scan->at++;
	return scan->at > from;
}

/* Whether Go would take the key for one with this name though it is spelt otherwise: by case, or by a letter of no ASCII
 * that folds to one, or an escape. */
static bool is_disguised(const char *key, size_t bytes, const char *name)
{
	for (size_t at = 0; at < bytes; at++)
		if (key[at] == '\\' || key[at] & 0x80)
			return true;
	return strlen(name) == bytes && strncasecmp(key, name, bytes) == 0 && memcmp(key, name, bytes) != 0;
}

/* A key and its value; the rest of the path goes on in the value of the first key on it. */
static bool scan_member(struct scan *scan, const char *const *path, bool *seen, int depth)
{
	const char *const *rest = NULL;
	struct span key;

	if (!scan_string(scan, &key))
		return false;
	if (path && *path) {
		const char *text = scan->text + key.from;
		size_t bytes = key.to - key.from;

		if (is_disguised(text, bytes, *path))
			return false;
		if (strlen(*path) == bytes && memcmp(text, *path, bytes) == 0) {
			if (*seen)
				return false;
			*seen = true;
			rest = path + 1;
		}
	}
	return take(scan, ':') && scan_value(scan, rest, depth + 1);
}

static bool scan_object(struct scan *scan, const char *const *path, int depth)
{
	bool seen = false;

	if (take(scan, '}'))
		return true;
	do {
		if (!scan_member(scan, path, &seen, depth))
			return false;
	} while (take(scan, ','));
	return take(scan, '}');
}

static bool scan_array(struct scan *scan, int depth)
{
	if (take(scan, ']'))
		return true;
	do {
		if (!scan_value(scan, NULL, depth + 1))
			return false;
	} while (take(scan, ','));
	return take(scan, ']');
}

/* `path`: NULL where nothing is looked for, empty where this is it. */
static bool scan_value(struct scan *scan, const char *const *path, int depth)
{
	struct span string;
	size_t from;
	bool is_good;

	if (depth > DEEPEST)
		return false;
	skip_space(scan);
	from = scan->at;
	if (take(scan, '{'))
		is_good = scan_object(scan, path, depth);
	else if (take(scan, '['))
		is_good = scan_array(scan, depth);
	else
		is_good = here(scan) == '"' ? scan_string(scan, &string) : scan_word(scan);
	if (is_good && path && !*path) {
		scan->is_found = true;
		scan->value->from = from;
		scan->value->to = scan->at;
	}
	return is_good;
}

enum span_result find_span(const char *text, size_t bytes, const char *const *path, struct span *value)
{
	struct scan scan = { .text = text, .bytes = bytes, .value = value };

	if (!scan_value(&scan, path, 0))
		return SPAN_MALFORMED;
	skip_space(&scan);
	if (scan.at != bytes)
		return SPAN_MALFORMED;
	return scan.is_found ? SPAN_FOUND : SPAN_ABSENT;
}
