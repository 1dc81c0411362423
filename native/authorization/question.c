#include "question.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define MOST_DEPTH 16
#define KEY_BYTES 64

/* A place in the text; `is_wrong` for good once something is not JSON. */
struct cursor {
	const char *at;
	const char *end;
	bool is_wrong;
};

/* Where a decoded string goes; without room it is passed over. */
struct word {
	char *to;
	size_t room;
	size_t used;
	bool is_cut; /* it did not fit, or holds what no C string can */
};

static bool wrong(struct cursor *cursor)
{
	cursor->is_wrong = true;
	return false;
}

static char skip_space(struct cursor *cursor)
{
	while (cursor->at < cursor->end && memchr(" \t\r\n", *cursor->at, 4))
		cursor->at++;
	return cursor->at < cursor->end ? *cursor->at : 0;
}

static bool take(struct cursor *cursor, char one)
{
	if (skip_space(cursor) != one)
		return false;
	cursor->at++;
	return true;
}

static void put(struct word *word, uint32_t code)
{
	char bytes[4];
	size_t count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	if (!word->to)
		return;
	if (count == 1) {
		bytes[0] = (char)code;
	} else {
		for (size_t at = count; --at > 0; code >>= 6)
			bytes[at] = (char)(0x80 | (code & 0x3f));
		bytes[0] = (char)((0xf00 >> count) | code);
	}
	if ((count == 1 && bytes[0] == 0) || word->used + count >= word->room) {
		word->is_cut = true;
		return;
	}
	memcpy(word->to + word->used, bytes, count);
	word->used += count;
}

static bool read_hex(struct cursor *cursor, uint32_t *code)
{
	*code = 0;
	for (int digit = 0; digit < 4; digit++, cursor->at++) {
		const char *digits = "0123456789abcdef", *found;

		if (cursor->at >= cursor->end || !*cursor->at || !(found = strchr(digits, *cursor->at | 0x20)))
			return wrong(cursor);
		*code = *code << 4 | (uint32_t)(found - digits);
	}
	return true;
}

/* Behind `\u`. Half a pair is no character. */
static bool read_unicode(struct cursor *cursor, struct word *word)
{
	uint32_t code, low;

	if (!read_hex(cursor, &code))
		return false;
	if (code >= 0xd800 && code < 0xe000) {
		if (code >= 0xdc00 || cursor->end - cursor->at < 2 || memcmp(cursor->at, "\\u", 2) != 0)
			return wrong(cursor);
		cursor->at += 2;
		if (!read_hex(cursor, &low))
			return false;
		if (low < 0xdc00 || low >= 0xe000)
			return wrong(cursor);
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	put(word, code);
	return true;
}

static bool read_escape(struct cursor *cursor, struct word *word)
{
	static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *found;
	char one = cursor->at < cursor->end ? *cursor->at++ : 0;

	if (one == 'u')
		return read_unicode(cursor, word);
	found = one ? strchr(names, one) : NULL;
	if (!found)
		return wrong(cursor);
	put(word, (uint8_t)meant[found - names]);
	return true;
}

static bool read_string(struct cursor *cursor, struct word *word)
{
	if (!take(cursor, '"'))
		return wrong(cursor);
	while (cursor->at < cursor->end) {
		char one = *cursor->at++;

		if (one == '"') {
			if (word->to)
				word->to[word->used] = 0;
			return true;
		}
		if ((unsigned char)one < 0x20)
			return wrong(cursor);
		if (one == '\\') {
			if (!read_escape(cursor, word))
				return false;
		} else if (word->to && word->used + 1 < word->room) {
			word->to[word->used++] = one;
		} else {
			word->is_cut = true;
		}
	}
	return wrong(cursor);
}

static bool pass_value(struct cursor *cursor, unsigned int depth);

static bool pass_string(struct cursor *cursor)
{
	return read_string(cursor, &(struct word){ 0 });
}

static size_t digits_at(const struct cursor *cursor)
{
	size_t count = 0;

	while (cursor->at + count < cursor->end && cursor->at[count] >= '0' && cursor->at[count] <= '9')
		count++;
	return count;
}

static bool is_at(const struct cursor *cursor, const char *signs)
{
	return cursor->at < cursor->end && *cursor->at && strchr(signs, *cursor->at);
}

static bool pass_digits(struct cursor *cursor)
{
	size_t count = digits_at(cursor);

	cursor->at += count;
	return count > 0 || wrong(cursor);
}

static bool pass_number(struct cursor *cursor)
{
	size_t count;

	cursor->at += is_at(cursor, "-");
	count = digits_at(cursor);
	if (count == 0 || (count > 1 && *cursor->at == '0'))
		return wrong(cursor);
	cursor->at += count;
	if (is_at(cursor, ".")) {
		cursor->at++;
		if (!pass_digits(cursor))
			return false;
	}
	if (is_at(cursor, "eE")) {
		cursor->at++;
		cursor->at += is_at(cursor, "+-");
		return pass_digits(cursor);
	}
	return true;
}

static bool pass_plain(struct cursor *cursor)
{
	static const char *const names[] = { "true", "false", "null" };

	for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++) {
		size_t length = strlen(names[at]);

		if ((size_t)(cursor->end - cursor->at) >= length && memcmp(cursor->at, names[at], length) == 0) {
			cursor->at += length;
			return true;
		}
	}
	return pass_number(cursor);
}

static bool pass_members(struct cursor *cursor, unsigned int depth, char last)
{
	cursor->at++;
	if (take(cursor, last))
		return true;
	do {
		if (last == '}' && (!pass_string(cursor) || !take(cursor, ':')))
			return wrong(cursor);
		if (!pass_value(cursor, depth))
			return false;
	} while (take(cursor, ','));
	return take(cursor, last) || wrong(cursor);
}

static bool pass_value(struct cursor *cursor, unsigned int depth)
{
	char first = skip_space(cursor);

	if (depth == MOST_DEPTH)
		return wrong(cursor);
	if (first == '"')
		return pass_string(cursor);
	if (first == '{' || first == '[')
		return pass_members(cursor, depth + 1, first == '{' ? '}' : ']');
	return pass_plain(cursor);
}

/* A string into a field that is still empty. */
static bool read_field(struct cursor *cursor, char *to, size_t room, bool *is_read)
{
	struct word word = { .to = to, .room = room };

	if (*is_read || !read_string(cursor, &word) || word.is_cut)
		return wrong(cursor);
	*is_read = true;
	return true;
}

/* What a member of an object is called; a longer name is none that counts. */
static bool read_key(struct cursor *cursor, char key[KEY_BYTES])
{
	struct word word = { .to = key, .room = KEY_BYTES };

	if (!read_string(cursor, &word))
		return false;
	if (word.is_cut)
		key[0] = 0;
	return take(cursor, ':') || wrong(cursor);
}

static bool read_headers(struct cursor *cursor, struct question *question)
{
	bool has_length = false, has_type = false;
	char key[KEY_BYTES];

	if (skip_space(cursor) == 'n')
		return pass_plain(cursor);
	if (!take(cursor, '{'))
		return wrong(cursor);
	if (take(cursor, '}'))
		return true;
	do {
		bool is_read;

		if (!read_key(cursor, key))
			return false;
		if (strcasecmp(key, "content-length") == 0)
			is_read = read_field(cursor, question->content_length, QUESTION_VALUE, &has_length);
		else if (strcasecmp(key, "content-type") == 0)
			is_read = read_field(cursor, question->content_type, QUESTION_VALUE, &has_type);
		else
			is_read = pass_string(cursor);
		if (!is_read)
			return false;
	} while (take(cursor, ','));
	return take(cursor, '}') || wrong(cursor);
}

struct seen {
	bool method;
	bool uri;
	bool headers;
};

static bool read_member(struct cursor *cursor, struct question *question, struct seen *seen)
{
	char key[KEY_BYTES];

	if (!read_key(cursor, key))
		return false;
	if (strcmp(key, "RequestMethod") == 0)
		return read_field(cursor, question->method, QUESTION_METHOD, &seen->method);
	if (strcmp(key, "RequestUri") == 0)
		return read_field(cursor, question->uri, QUESTION_URI, &seen->uri);
	if (strcmp(key, "RequestHeaders") == 0) {
		if (seen->headers)
			return wrong(cursor);
		seen->headers = true;
		return read_headers(cursor, question);
	}
	if (strcmp(key, "RequestBody") == 0)
		question->has_body = true;
	else if (strcmp(key, "User") != 0)
		return pass_value(cursor, 0);
	return pass_string(cursor);
}

bool question_read(struct question *question, const char *json, size_t bytes)
{
	struct cursor cursor = { .at = json, .end = json + bytes };
	struct seen seen = { 0 };

	memset(question, 0, sizeof(*question));
	if (!take(&cursor, '{') || skip_space(&cursor) == '}')
		return false;
	do {
		if (!read_member(&cursor, question, &seen))
			return false;
	} while (take(&cursor, ','));
	return take(&cursor, '}') && skip_space(&cursor) == 0 && cursor.at == cursor.end && seen.method && seen.uri;
}
