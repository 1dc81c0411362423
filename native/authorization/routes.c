#include "routes.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#define MOST_ROUTES 128
#define MOST_KEYS 32

/* The file itself, as it is when this is built. */
__asm__(".section .rodata\n"
	"routes_begin:\n"
	".incbin \"" ROUTES_FILE "\"\n"
	"routes_end:\n"
	".previous\n");
extern const char routes_begin[] __attribute__((visibility("hidden")));
extern const char routes_end[] __attribute__((visibility("hidden")));

enum body {
	BODY_NONE,
	BODY_JSON,
	BODY_OTHER,
};

struct pattern {
	const char *method; /* NULL: GET and HEAD */
	const char *path;
	enum body body;
	enum route route;
};

static json_t *table; /* to which the patterns' words belong */
static struct pattern patterns[MOST_ROUTES];
static size_t pattern_count;
static const char *trial_target, *trial_words;

static const char *word_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static enum body body_of(const char *word)
{
	return strcmp(word, "none") == 0 ? BODY_NONE : strcmp(word, "json") == 0 ? BODY_JSON : BODY_OTHER;
}

static enum route kind_of(const char *word)
{
	return strcmp(word, "harmless") == 0 ? ROUTE_FREE : strcmp(word, "closed") == 0 ? ROUTE_CLOSED : ROUTE_JUDGED;
}

static bool add(struct pattern pattern)
{
	if (pattern_count == MOST_ROUTES || !pattern.path)
		return false;
	patterns[pattern_count++] = pattern;
	return true;
}

static bool add_route(const json_t *route)
{
	const char *method = word_of(route, "method"), *body = word_of(route, "body"), *kind = word_of(route, "kind");

	return method && body && kind &&
	       add((struct pattern){
		       .method = method,
		       .path = word_of(route, "path"),
		       .body = body_of(body),
		       .route = kind_of(kind),
	       });
}

bool routes_open(void)
{
	json_t *trial, *one;
	size_t at;

	table = json_loadb(routes_begin, (size_t)(routes_end - routes_begin), JSON_REJECT_DUPLICATES, NULL);
	trial = json_object_get(table, "trial");
	trial_target = word_of(trial, "target");
	trial_words = word_of(trial, "refusal");
	pattern_count = 0;
	json_array_foreach(
		json_object_get(table, "looks"), at,
		one) if (!add((struct pattern){ .path = json_string_value(one), .body = BODY_OTHER })) return false;
	json_array_foreach(json_object_get(table, "routes"), at, one) if (!add_route(one)) return false;
	return pattern_count > 0 && trial_target && trial_words;
}

const char *trial_refusal(void)
{
	return trial_words;
}

/* `*` is one segment, `**` is one or more. */
static bool matches(const char *pattern, const char *path)
{
	bool crosses;

	for (; *pattern && *pattern != '*'; pattern++, path++)
		if (*pattern != *path)
			return false;
	if (!*pattern)
		return !*path;
	crosses = pattern[1] == '*';
	pattern += crosses ? 2 : 1;
	for (size_t length = 1; path[length - 1] && (crosses || path[length - 1] != '/'); length++)
		if (matches(pattern, path + length))
			return true;
	return false;
}

static bool is_letter_or_digit(char one)
{
	return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9');
}

/* A path that is the same however it is read: plain characters, no empty segment, none of dots. */
static bool is_plain_path(const char *path)
{
	for (const char *at = path; *at; at++) {
		if (!is_letter_or_digit(*at) && !strchr("/_.:@+~=,-", *at))
			return false;
		if (*at == '/' && (at[1] == '/' || at[1] == 0 || (at[1] == '.' && (at[2] == '/' || at[2] == 0)) ||
				   (at[1] == '.' && at[2] == '.' && (at[3] == '/' || at[3] == 0))))
			return false;
	}
	return path[0] == '/';
}

/* Behind `/v1.45`, if there is one. */
static const char *without_version(const char *path)
{
	size_t digits;

	if (strncmp(path, "/v1.", 4) != 0)
		return path;
	digits = strspn(path + 4, "0123456789");
	return digits >= 1 && digits <= 3 && path[4 + digits] == '/' ? path + 4 + digits : path;
}

static bool is_plain_query(const char *query)
{
	for (; *query; query++)
		if (*query < 0x20 || *query == 0x7f || *query == '#')
			return false;
	return true;
}

/* One part of a query; `key` is what stands before its `=`. An escape of an ASCII character is read alike by everybody. */
static bool is_plain_part(const char *part, size_t bytes, size_t *key)
{
	for (*key = 0; *key < bytes && part[*key] != '='; ++*key)
		if (!is_letter_or_digit(part[*key]) && !strchr("_.-", part[*key]))
			return false;
	for (size_t at = *key; at < bytes; at++) {
		if (part[at] == ';' || part[at] == '?')
			return false;
		if (part[at] == '%' && (at + 2 >= bytes || part[at + 1] < '0' || part[at + 1] > '7' ||
					!memchr("0123456789abcdefABCDEF", part[at + 2], 22)))
			return false;
	}
	return true;
}

/* A query that says each thing once. */
static bool says_each_once(const char *query)
{
	const char *keys[MOST_KEYS];
	size_t lengths[MOST_KEYS], count = 0;

	while (*query) {
		size_t bytes = strcspn(query, "&"), key;

		if (bytes > 0) {
			if (count == MOST_KEYS || !is_plain_part(query, bytes, &key))
				return false;
			for (size_t at = 0; at < count; at++)
				if (lengths[at] == key && memcmp(keys[at], query, key) == 0)
					return false;
			keys[count] = query;
			lengths[count++] = key;
		}
		query += bytes + (query[bytes] == '&');
	}
	return true;
}

/* Whether the body cannot stand over what the address says. */
static bool has_body_of(const struct question *question, enum body body)
{
	switch (body) {
	case BODY_NONE:
		return !question->has_body && strcmp(question->content_length, "0") == 0;
	case BODY_JSON:
		return question->has_body;
	case BODY_OTHER:
		return !strcasestr(question->content_type, "form");
	}
	return false;
}

static enum route route_of_path(const struct question *question, const char *path, const char *query)
{
	bool looks = strcmp(question->method, "GET") == 0 || strcmp(question->method, "HEAD") == 0;

	for (size_t at = 0; at < pattern_count; at++) {
		const struct pattern *one = &patterns[at];

		if (looks != !one->method ||
		    (!looks && strcmp(one->method, question->method) != 0 && strcmp(one->method, "*") != 0))
			continue;
		if (!matches(one->path, path))
			continue;
		if (looks || one->route != ROUTE_FREE)
			return one->route;
		return says_each_once(query) && has_body_of(question, one->body) ? ROUTE_FREE : ROUTE_CLOSED;
	}
	return ROUTE_CLOSED;
}

enum route route_of(const struct question *question)
{
	const char *mark = strchr(question->uri, '?'), *query = mark ? mark + 1 : "";
	char path[QUESTION_URI];
	size_t bytes = mark ? (size_t)(mark - question->uri) : strlen(question->uri);

	if (strcmp(question->uri, trial_target) == 0)
		return ROUTE_TRIAL;
	memcpy(path, question->uri, bytes);
	path[bytes] = 0;
	if (!is_plain_path(path) || !is_plain_query(query))
		return ROUTE_CLOSED;
	return route_of_path(question, without_version(path), query);
}
