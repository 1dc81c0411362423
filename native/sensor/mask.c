#include "mask.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "mask-words.h"

#define URL_REACH 1024 /* a URL's user and password are looked for this far */
#define WEAK_REACH 64  /* a value is judged by so many of its bytes */
#define STARS "***"

struct mask {
	char *text;
	size_t length;
	size_t at;                         /* next byte to read */
	size_t out;                        /* next byte to write; never behind `at` */
	const struct mask_option *options; /* of the program named last */
	enum mask_part next;               /* what of the next word is a secret */
	bool own;                          /* the run being read begins a word of argv, not one within a shell's text */
};

static bool ends_word(char byte)
{
	return byte == '\0' || byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_quote(char byte)
{
	return byte == '\'' || byte == '"' || byte == '`';
}

static bool is_name(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_' || byte == '-' || byte == '.';
}

static char byte_at(const struct mask *mask, size_t at)
{
	return at < mask->length ? mask->text[at] : '\0';
}

static bool begins(const struct mask *mask, size_t at, const char *word)
{
	size_t size = strlen(word);

	return at + size <= mask->length && memcmp(mask->text + at, word, size) == 0;
}

static void copy_until(struct mask *mask, size_t end)
{
	size_t size = end - mask->at;

	memmove(mask->text + mask->out, mask->text + mask->at, size);
	mask->out += size;
	mask->at = end;
}

static void star_until(struct mask *mask, size_t end)
{
	size_t size = end - mask->at;

	if (size > sizeof(STARS) - 1)
		size = sizeof(STARS) - 1;
	memcpy(mask->text + mask->out, STARS, size);
	mask->out += size;
	mask->at = end;
}

/* End of the value at `at`: of a quoted one its quote (a backslash where that is escaped itself), else the end of the word or what a shell or URL ends it with. */
static size_t value_end(const struct mask *mask, size_t at, char quote)
{
	for (; at < mask->length && mask->text[at] != '\0'; at++) {
		char byte = mask->text[at];

		if (quote != '\0') {
			if (byte == quote)
				break;
			if (byte == '\\' && byte_at(mask, at + 1) == quote)
				at++;
		} else if (ends_word(byte) || is_quote(byte) || strchr(";|&<>)", byte) != NULL) {
			break;
		}
	}
	return at;
}

/* The same, not looked for far: a text may consist of names that may have harmless values. */
static size_t near_end(const struct mask *mask, size_t at, char quote)
{
	struct mask part = *mask;

	if (part.length > at + WEAK_REACH)
		part.length = at + WEAK_REACH;
	return value_end(&part, at, quote);
}

static size_t word_end(const struct mask *mask, size_t at)
{
	const char *end = at < mask->length ? memchr(mask->text + at, '\0', mask->length - at) : NULL;

	return end == NULL ? mask->length : (size_t)(end - mask->text);
}

static size_t line_end(const struct mask *mask, size_t at)
{
	while (at < mask->length && mask->text[at] != '\0' && mask->text[at] != '\n' && !is_quote(mask->text[at]))
		at++;
	return at;
}

static bool looks_random(const char *text, size_t length)
{
	size_t letters = 0;
	size_t digits = 0;

	if (length < 16)
		return false;
	for (size_t at = 0; at < length; at++) {
		if (isdigit((unsigned char)text[at]))
			digits++;
		else if (isalpha((unsigned char)text[at]))
			letters++;
		else if (strchr("+/=_-.", text[at]) == NULL)
			return false;
	}
	return digits >= 2 && letters >= 2;
}

/* Where the value begins of the name that ends at `at`, behind `=` or `:`; 0 when none follows. */
static size_t value_start(const struct mask *mask, size_t at, char *quote)
{
	*quote = '\0';
	while (byte_at(mask, at) == '\\' || is_quote(byte_at(mask, at)))
		at++;
	if (byte_at(mask, at) == ' ')
		at++;
	if ((byte_at(mask, at) != '=' && byte_at(mask, at) != ':') || begins(mask, at, "://"))
		return 0;
	at++;
	while (byte_at(mask, at) == ' ')
		at++;
	if (byte_at(mask, at) == '\\' && is_quote(byte_at(mask, at + 1))) {
		*quote = '\\';
		at += 2;
	} else if (is_quote(byte_at(mask, at))) {
		*quote = mask->text[at++];
	}
	return at < mask->length && mask->text[at] != '\0' ? at : 0;
}

static void mask_header(struct mask *mask, size_t start)
{
	static const char *const schemes[] = {
		"Bearer ", "Basic ", "Token ", "Digest ", "bearer ", "basic ", "token "
	};

	copy_until(mask, start);
	for (size_t at = 0; at < sizeof(schemes) / sizeof(*schemes); at++) {
		if (begins(mask, mask->at, schemes[at])) {
			copy_until(mask, mask->at + strlen(schemes[at]));
			break;
		}
	}
	star_until(mask, line_end(mask, mask->at));
}

/* The value of the name at [mask->at, end), when it has one and is a secret. */
static bool mask_named(struct mask *mask, size_t end, bool first)
{
	enum mask_key key = mask_key_of(mask->text + mask->at, end - mask->at);
	bool option = first && mask->text[mask->at] == '-';
	char quote;
	size_t start;
	size_t stop;

	if (key == MASK_KEY_NONE)
		return false;
	start = value_start(mask, end, &quote);
	if (start == 0) {
		if (option && key == MASK_KEY_SECRET && ends_word(byte_at(mask, end)))
			mask->next = MASK_WHOLE;
		return false;
	}
	if (key == MASK_KEY_HEADER) {
		mask_header(mask, start);
		return true;
	}
	if (key == MASK_KEY_WEAK) {
		stop = near_end(mask, start, quote);
		if (!looks_random(mask->text + start, stop - start))
			return false;
		stop = value_end(mask, start, quote);
	} else if (option && mask->own && quote == '\0' && byte_at(mask, end) == '=') {
		stop = word_end(mask, start);
	} else {
		stop = value_end(mask, start, quote);
	}
	copy_until(mask, start);
	star_until(mask, stop);
	return true;
}

/* `-pX`, `-p X`, `--user a:b` of the program named last. */
static bool mask_option(struct mask *mask)
{
	const struct mask_option *option = mask->options;

	for (; option != NULL && strcmp(option->program, mask->options->program) == 0; option++) {
		size_t end = mask->at + strlen(option->option);
		char after;

		if (!begins(mask, mask->at, option->option))
			continue;
		after = byte_at(mask, end);
		if (option->separate && (ends_word(after) || after == '=')) {
			copy_until(mask, after == '=' ? end + 1 : end);
			mask->next = option->part;
			return true;
		}
		if (option->glued && !ends_word(after)) {
			copy_until(mask, end);
			mask->next = option->part;
			return true;
		}
	}
	return false;
}

/* The word that follows an option whose value is a secret. */
static void mask_next(struct mask *mask)
{
	char quote = '\0';
	size_t end;
	const char *split;

	if (is_quote(byte_at(mask, mask->at))) {
		quote = mask->text[mask->at];
		copy_until(mask, mask->at + 1);
	}
	/* A word of its own is the value to its end; within a shell's text a space ends it. */
	if (mask->own || mask->text[mask->at - 1] == '\0')
		end = word_end(mask, mask->at);
	else
		end = value_end(mask, mask->at, quote);
	if (mask->next != MASK_WHOLE) {
		split = memchr(mask->text + mask->at, mask->next == MASK_AFTER_COLON ? ':' : '%', end - mask->at);
		copy_until(mask, split == NULL ? end : (size_t)(split - mask->text) + 1);
	}
	star_until(mask, end);
	mask->next = MASK_NOTHING;
}

/* `scheme://user:password@`, at the colon. */
static void mask_url(struct mask *mask)
{
	size_t start = mask->at + 3;
	size_t most = start + URL_REACH < mask->length ? start + URL_REACH : mask->length;
	size_t colon = 0;
	size_t at_sign = 0;
	bool port = false;

	copy_until(mask, start);
	for (size_t at = start; at < most; at++) {
		char byte = mask->text[at];

		if (ends_word(byte) || is_quote(byte) || byte == '?' || byte == '#')
			break;
		if (byte == '/' && (at_sign != 0 || colon == 0 || port))
			break;
		if (byte == '@')
			at_sign = at;
		else if (byte == ':' && colon == 0 && at_sign == 0)
			colon = at, port = true;
		else if (colon != 0 && at_sign == 0 && !isdigit((unsigned char)byte))
			port = false;
	}
	if (at_sign == 0 || (colon == 0 && at_sign - start < 20))
		return;
	if (colon != 0)
		copy_until(mask, colon + 1);
	star_until(mask, at_sign);
}

static void mask_pem(struct mask *mask)
{
	size_t end = word_end(mask, mask->at);
	const char *last = memmem(mask->text + mask->at, end - mask->at, "-----END ", 9);
	const char *close;

	if (last != NULL) {
		size_t from = (size_t)(last - mask->text) + 9;

		close = memmem(mask->text + from, end - from, "-----", 5);
		if (close != NULL)
			end = (size_t)(close - mask->text) + 5;
	}
	star_until(mask, end);
}

/* A run of bytes that names are made of. */
static void mask_run(struct mask *mask, bool first)
{
	size_t end = mask->at;
	const struct mask_option *options;

	mask->own = mask->at == 0 || mask->text[mask->at - 1] == '\0';
	if (begins(mask, mask->at, "-----BEGIN ")) {
		mask_pem(mask);
		return;
	}
	if (first && mask_option(mask))
		return;
	while (end < mask->length && is_name(mask->text[end]))
		end++;
	if (mask_is_token(mask->text + mask->at, end - mask->at)) {
		star_until(mask, end);
		return;
	}
	if (ends_word(byte_at(mask, end))) {
		options = mask_options_of(mask->text + mask->at, end - mask->at);
		if (options != NULL)
			mask->options = options;
		if (end - mask->at == 6 && (begins(mask, mask->at, "Bearer") || begins(mask, mask->at, "bearer")))
			mask->next = MASK_WHOLE;
	}
	if (!mask_named(mask, end, first))
		copy_until(mask, end);
}

size_t mask_argv(char *argv, size_t length)
{
	struct mask mask = { .text = argv, .length = length };
	bool first = true; /* at the beginning of a word */

	while (mask.at < mask.length) {
		char byte = argv[mask.at];

		if (ends_word(byte))
			mask.own = false;
		if (mask.next != MASK_NOTHING && !ends_word(byte) &&
		    !(first && byte == '-' && mask.next == MASK_WHOLE)) {
			mask_next(&mask);
			first = false;
		} else if (is_name(byte)) {
			mask.next = MASK_NOTHING;
			mask_run(&mask, first);
			first = false;
		} else if (begins(&mask, mask.at, "://")) {
			mask_url(&mask);
		} else {
			first = ends_word(byte) || is_quote(byte) || strchr(";|&(", byte) != NULL;
			copy_until(&mask, mask.at + 1);
		}
	}
	return mask.out;
}
