#include "derivation.h"

#include <limits.h>
#include <string.h>

#define VARIABLES 8
#define STEPS 20000   /* of one search: a path may be as long and as odd as its maker likes */
#define SOURCES 64    /* that are looked for, of one product */
#define NAMED_LEAST 4 /* of a path that a product names */
#define NAMES (4 * DERIVATION_HEAD)

struct variable {
	const char *name, *text;
	size_t name_length, length;
};

struct search {
	const struct derivation *rule;
	const struct derivation_product *product;
	derivation_find *find;
	void *ctx;
	unsigned steps, sources, count;
	struct variable variables[VARIABLES];
	bool (*found)(struct search *search);
	/* Paths that the product names, each with its NUL; one that the image does not have begins with a NUL. */
	char names[NAMES];
	size_t names_length;
};

static const struct variable *variable_of(const struct search *search, const char *name, size_t length)
{
	for (unsigned at = 0; at < search->count; at++)
		if (search->variables[at].name_length == length &&
		    memcmp(search->variables[at].name, name, length) == 0)
			return &search->variables[at];
	return NULL;
}

/* Tries every way in which the text fits, until `found` takes one. */
static bool match(struct search *search, const char *pattern, const char *text)
{
	const struct variable *known;
	struct variable *variable;
	const char *end;

	if (++search->steps > STEPS)
		return false;
	for (; *pattern != '\0' && *pattern != '{'; pattern++, text++)
		if (*pattern != *text)
			return false;
	if (*pattern == '\0')
		return *text == '\0' && search->found(search);
	end = strchr(++pattern, '}');
	known = variable_of(search, pattern, (size_t)(end - pattern));
	if (known != NULL)
		return strncmp(text, known->text, known->length) == 0 && match(search, end + 1, text + known->length);
	if (search->count == VARIABLES)
		return false;
	variable = &search->variables[search->count++];
	*variable = (struct variable){ .name = pattern, .name_length = (size_t)(end - pattern), .text = text };
	while (text[variable->length] != '\0' && (end[-1] == '*' || text[variable->length] != '/')) {
		variable->length++;
		if (match(search, end + 1, text + variable->length))
			return true;
	}
	search->count--;
	return false;
}

/* The source's path by what the product's own fits with. False when it is too long or names what the path does not. */
static bool fill(const struct search *search, char *path, size_t size)
{
	size_t length = 0;

	for (const char *at = search->rule->source; *at != '\0'; at++) {
		const struct variable *variable = NULL;
		const char *piece = at;
		size_t piece_length = 1;

		if (*at == '{') {
			const char *end = strchr(at, '}');

			variable = variable_of(search, at + 1, (size_t)(end - at - 1));
			if (variable == NULL)
				return false;
			piece = variable->text;
			piece_length = variable->length;
			at = end;
		}
		if (length + piece_length >= size)
			return false;
		memcpy(path + length, piece, piece_length);
		length += piece_length;
	}
	path[length] = '\0';
	return true;
}

static bool find(struct search *search, const char *path, struct derivation_source *source)
{
	return ++search->sources <= SOURCES && search->find(search->ctx, path, source);
}

static uint32_t word_at(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Byte code whose header names a hash instead of a time is none of a program that runs. */
static bool proves_python(const struct derivation_product *product, const struct derivation_source *source)
{
	const uint8_t *head = product->head;

	return product->head_length >= 16 && head[2] == '\r' && head[3] == '\n' && word_at(head + 4) == 0 &&
	       word_at(head + 8) == (uint32_t)source->changed && word_at(head + 12) == (uint32_t)source->size;
}

static bool fits_by_path(struct search *search)
{
	const struct derivation_product *product = search->product;
	struct derivation_source source;
	char path[PATH_MAX];

	if (!fill(search, path, sizeof(path)) || !find(search, path, &source))
		return false;
	if (search->rule->proof == DERIVATION_PYTHON_HEADER)
		return proves_python(product, &source);
	return product->head_length >= 4 && memcmp(product->head, "\xca\xfe\xba\xbe", 4) == 0;
}

/* A path that the product names fits the source's pattern. */
static bool is_source(struct search *search)
{
	(void)search;
	return true;
}

/* Paths stand in a comment or in a text of code: behind a quote or a space, and up to the next one. */
static void note_names(struct search *search, const uint8_t *text, size_t length)
{
	for (size_t at = 1; text != NULL && at < length; at++) {
		size_t end = at;

		if (text[at] != '/' || memchr("\"' ", text[at - 1], 3) == NULL)
			continue;
		while (end < length && end - at < PATH_MAX - 1 && text[end] > ' ' && text[end] != '"' &&
		       text[end] != '\'')
			end++;
		if (end == length || end - at < NAMED_LEAST || search->names_length + (end - at) >= NAMES)
			continue;
		memcpy(search->names + search->names_length, text + at, end - at);
		search->names_length += end - at;
		search->names[search->names_length++] = '\0';
	}
}

/* Each path is looked for once, however many ways the product's own path fits in. */
static bool fits_by_name(struct search *search)
{
	struct derivation_source source;
	bool found = false;

	search->found = is_source;
	for (size_t at = 0, next; at < search->names_length && !found; at = next) {
		char *name = search->names + at;
		unsigned count = search->count;

		next = at + 1 + strlen(name + 1) + 1;
		if (name[0] == '\0' || !match(search, search->rule->source, name))
			continue;
		found = find(search, name, &source);
		name[0] = '\0';
		search->count = count;
	}
	search->found = fits_by_name;
	return found;
}

bool derivation_holds(const struct derivation *rule, const struct derivation_product *product, derivation_find *find,
		      void *ctx)
{
	struct search search = { .rule = rule, .product = product, .find = find, .ctx = ctx };

	search.found = fits_by_path;
	if (rule->proof == DERIVATION_NAMES_SOURCE) {
		search.found = fits_by_name;
		note_names(&search, product->head, product->head_length);
		note_names(&search, product->tail, product->tail_length);
	}
	return match(&search, rule->path, product->path);
}
