#include "start-scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "read-file.h"
#include "settings.h"

#define ID_DIGITS 64
#define LONGEST_SUBJECT 1024
#define LONGEST_APPLICATION 255

/* Values of one field; those that are made are freed. */
struct values {
	char *texts[2];
	size_t count;
	const json_t *labels;
};

static bool are_texts(json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (!json_is_string(value))
			return false;
	}
	return !object || json_is_object(object) || json_is_null(object);
}

static json_t *config_of(const struct container *container, const char *id)
{
	const struct instance *instance = container->instance;
	char path[PATH_MAX];
	enum read_state state;
	json_t *config = NULL;

	if (strlen(id) != ID_DIGITS || strspn(id, "0123456789abcdef") != ID_DIGITS)
		return NULL;
	for (int root = 0; !config && instance && root < instance->root_count; root++)
		if (snprintf(path, sizeof(path), "%s/containers/%s/config.v2.json", instance->roots[root], id) <
		    (int)sizeof(path))
			config = read_json(path, OF_ANYBODY, &state);
	return config;
}

/* A container of Kubernetes has what its runtime was told. */
static void read_annotations(struct start_scope *scope, const struct container *container, const char *id)
{
	const char *image = text_of(container->annotations, "io.kubernetes.cri.image-name");
	json_t *namespace = json_object_get(container->annotations, "io.kubernetes.cri.sandbox-namespace");

	scope->config = json_object();
	if (namespace)
		json_object_set(scope->config, "io.kubernetes.pod.namespace", namespace);
	scope->labels = scope->config;
	scope->subject = image[0] ? image : id;
}

static const char *environment_of(const struct start_scope *scope, const json_t *place)
{
	const char *chosen = json_string_value(json_object_get(scope->labels, "seawall.environment"));
	const json_t *one;
	size_t at;

	json_array_foreach(json_object_get(place, "allowed"), at, one)
	{
		if (chosen && strcmp(json_string_value(one), chosen) == 0)
			return chosen;
	}
	return json_string_value(json_object_get(place, "environment"));
}

void read_start_scope(struct start_scope *scope, const struct container *container, const char *id, const json_t *place)
{
	json_t *own, *labels;
	const char *name;

	memset(scope, 0, sizeof(*scope));
	scope->is_clear = true;
	scope->config = config_of(container, id);
	if (scope->config) {
		own = json_object_get(scope->config, "Config");
		labels = json_object_get(own, "Labels");
		name = text_of(scope->config, "Name");
		scope->is_clear = json_is_object(own) && are_texts(labels);
		scope->labels = labels;
		scope->subject = text_of(own, "Image");
		if (!scope->subject[0])
			scope->subject = name + (name[0] == '/');
		if (!scope->subject[0])
			scope->subject = id;
	} else {
		read_annotations(scope, container, id);
	}
	scope->is_clear = scope->is_clear && strlen(scope->subject) <= LONGEST_SUBJECT;
	scope->environment = environment_of(scope, place);
}

void free_start_scope(struct start_scope *scope)
{
	json_decref(scope->config);
	memset(scope, 0, sizeof(*scope));
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if (*text & 0x80)
			return false;
	return true;
}

/* Where a part stands in a text, whatever the case of both; NULL: nowhere. */
static const char *find_part(const char *text, const char *part, size_t bytes)
{
	for (; strlen(text) >= bytes; text++)
		if (strncasecmp(text, part, bytes) == 0)
			return text;
	return NULL;
}

/* `*` stands for any run of characters. */
static bool matches(const char *pattern, const char *text)
{
	size_t first = strcspn(pattern, "*"), last;
	const char *tail;

	if (!pattern[first])
		return strcasecmp(pattern, text) == 0;
	if (strncasecmp(pattern, text, first) != 0)
		return false;
	text += first;
	pattern += first + 1;
	tail = strrchr(pattern, '*');
	while (tail && pattern <= tail) {
		size_t bytes = strcspn(pattern, "*");
		const char *found = find_part(text, pattern, bytes);

		if (!found)
			return false;
		text = found + bytes;
		pattern += bytes + 1;
	}
	last = strlen(pattern);
	return strlen(text) >= last && strcasecmp(text + strlen(text) - last, pattern) == 0;
}

static enum holds matches_one(const char *pattern, const char *text)
{
	if (!is_ascii(pattern) || !is_ascii(text))
		return HOLDS_UNCLEAR;
	return matches(pattern, text) ? HOLDS : HOLDS_NOT;
}

/* Whether one of the values matches a pattern. */
static enum holds matches_any(const char *pattern, const struct values *values)
{
	enum holds found = HOLDS_NOT;
	const char *key;
	json_t *value;

	for (size_t at = 0; at < values->count && found != HOLDS; at++) {
		enum holds one = matches_one(pattern, values->texts[at]);

		found = one == HOLDS_NOT ? found : one;
	}
	json_object_foreach((json_t *)values->labels, key, value)
	{
		char *label;
		enum holds one;

		if (found == HOLDS || asprintf(&label, "%s=%s", key, json_string_value(value)) < 0)
			break;
		one = matches_one(pattern, label);
		found = one == HOLDS_NOT ? found : one;
		free(label);
	}
	return found;
}

/* A field holds when a value matches a pattern, or all are negated, and no value matches a negated one. */
static enum holds field_holds(const json_t *patterns, const struct values *values)
{
	enum holds wanted = HOLDS_NOT, unwanted = HOLDS_NOT;
	bool wants = false;
	const json_t *one;
	size_t at;

	json_array_foreach(patterns, at, one)
	{
		const char *pattern = json_string_value(one);
		enum holds *what = pattern[0] == '-' ? &unwanted : &wanted;
		enum holds found = matches_any(pattern[0] == '-' ? pattern + 1 : pattern, values);

		wants = wants || pattern[0] != '-';
		if (found == HOLDS || *what == HOLDS_NOT)
			*what = found;
	}
	if (unwanted == HOLDS)
		return HOLDS_NOT;
	if (!wants)
		wanted = HOLDS;
	return wanted == HOLDS_NOT || unwanted == HOLDS_NOT ? wanted : HOLDS_UNCLEAR;
}

/* Name without tag and digest, with its registry; to be freed. */
static char *repository_of(const char *image)
{
	const char *digest = strstr(image, "@sha256:");
	size_t length = strlen(image), host;
	const char *colon;
	char *name, *made = NULL;

	if (digest && strlen(digest) == 8 + 64 && strspn(digest + 8, "0123456789abcdef") == 64)
		length = (size_t)(digest - image);
	colon = memrchr(image, ':', length);
	if (colon && !memchr(colon, '/', length - (size_t)(colon - image)))
		length = (size_t)(colon - image);
	name = strndup(image, length);
	if (!name)
		return NULL;
	host = strcspn(name, "/");
	if (!name[host] && asprintf(&made, "docker.io/library/%s", name) < 0)
		made = NULL;
	else if (name[host] && !memchr(name, '.', host) && !memchr(name, ':', host) &&
		 strncmp(name, "localhost/", 10) != 0 && asprintf(&made, "docker.io/%s", name) < 0)
		made = NULL;
	if (made) {
		free(name);
		return made;
	}
	return name;
}

/* The application that a label names. False where the name is not plain, so that the agent has to read it. */
static bool application_of(const json_t *labels, const char **name)
{
	static const char *const keys[] = { "seawall.application", "com.docker.compose.project",
					    "io.kubernetes.pod.namespace", NULL };

	for (int at = 0; keys[at]; at++) {
		*name = text_of(labels, keys[at]);
		if (!(*name)[0])
			continue;
		for (const char *letter = *name; *letter; letter++)
			if (*letter & 0x80 || *letter <= 0x20 || *letter == 0x7f)
				return false;
		return strlen(*name) <= LONGEST_APPLICATION;
	}
	*name = NULL;
	return true;
}

static enum holds of_text(const json_t *patterns, const char *text)
{
	struct values values = { .texts = { (char *)text }, .count = text != NULL };

	return json_array_size(patterns) == 0 ? HOLDS : field_holds(patterns, &values);
}

static enum holds of_labels(const json_t *patterns, const json_t *labels)
{
	struct values values = { .labels = labels };

	return json_array_size(patterns) == 0 ? HOLDS : field_holds(patterns, &values);
}

static enum holds collection_holds(const json_t *selects, const struct start_scope *scope)
{
	char *repository = repository_of(scope->subject);
	char *registry = repository ? strndup(repository, strcspn(repository, "/")) : NULL;
	const json_t *applications = json_object_get(selects, "applications");
	const char *application = NULL;
	bool is_plain = json_array_size(applications) == 0 || application_of(scope->labels, &application);
	const enum holds all[] = {
		of_text(json_object_get(selects, "images"), scope->subject),
		of_text(json_object_get(selects, "repositories"), repository),
		of_text(json_object_get(selects, "registries"), registry),
		of_labels(json_object_get(selects, "labels"), scope->labels),
		of_text(json_object_get(selects, "environments"), scope->environment),
		is_plain ? of_text(applications, application) : HOLDS_UNCLEAR,
	};
	enum holds holds = HOLDS;

	for (size_t at = 0; at < sizeof(all) / sizeof(*all); at++)
		if (all[at] == HOLDS_NOT || holds == HOLDS)
			holds = all[at];
	free(repository);
	free(registry);
	return holds;
}

enum holds scope_holds(const json_t *collections, const struct start_scope *scope)
{
	enum holds holds = HOLDS_NOT;
	const json_t *one;
	size_t at;

	if (!collections)
		return HOLDS;
	json_array_foreach(collections, at, one)
	{
		enum holds found = scope->is_clear ? collection_holds(one, scope) : HOLDS_UNCLEAR;

		if (found == HOLDS || holds == HOLDS_NOT)
			holds = found;
	}
	return holds;
}
