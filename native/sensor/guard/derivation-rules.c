#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "code-file.h"
#include "derivation-rules.h"

#define RULES 32

static const char data[] =
#include "derivations.h"
	;

static struct derivation rules[RULES];
static size_t rules_count;

static const struct {
	const char *name;
	uint16_t language;
} languages[] = { { "python", CODE_PYTHON }, { "php", CODE_PHP }, { "java", CODE_JVM } };

static const char *const proofs[] = {
	[DERIVATION_PYTHON_HEADER] = "python-header",
	[DERIVATION_JAVA_CLASS] = "java-class",
	[DERIVATION_NAMES_SOURCE] = "names-source",
};

/* Each variable is closed; the search relies on that. */
static bool is_pattern(const char *pattern)
{
	for (pattern = strchr(pattern, '{'); pattern != NULL; pattern = strchr(pattern, '{')) {
		pattern = strchr(pattern, '}');
		if (pattern == NULL)
			return false;
	}
	return true;
}

static bool read_rule(const json_t *from, struct derivation *rule)
{
	const char *id, *language, *path, *source, *proof;
	size_t at;

	if (json_unpack((json_t *)from, "{s:s, s:s, s:s, s:s, s:s}", "id", &id, "language", &language, "path", &path,
			"source", &source, "proof", &proof) != 0 ||
	    !is_pattern(path) || !is_pattern(source))
		return false;
	*rule = (struct derivation){ .id = strdup(id), .path = strdup(path), .source = strdup(source) };
	for (at = 0; at < sizeof(languages) / sizeof(*languages); at++)
		if (strcmp(languages[at].name, language) == 0)
			rule->language = languages[at].language;
	for (at = 0; at < sizeof(proofs) / sizeof(*proofs) && strcmp(proofs[at], proof) != 0; at++)
		;
	rule->proof = (enum derivation_proof)at;
	return rule->language != 0 && at < sizeof(proofs) / sizeof(*proofs) && rule->id != NULL && rule->path != NULL &&
	       rule->source != NULL;
}

static void load(void)
{
	json_t *whole = json_loads(data, 0, NULL), *list = json_object_get(whole, "rules"), *rule;
	size_t at;

	json_array_foreach(list, at, rule) if (rules_count < RULES && read_rule(rule, &rules[rules_count]))
		rules_count++;
	json_decref(whole);
}

const struct derivation *derivations(size_t *count)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	*count = rules_count;
	return rules;
}
