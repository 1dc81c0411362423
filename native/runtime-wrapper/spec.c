#include "spec.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "read-file.h"

#define DEEPEST 64
#define MOST_VALUES 60000
#define MOST_SAFE 9007199254740991.0 /* integers that a double holds exactly */

enum kind {
	TEXT,
	TEXTS,
	TEXT_MAP,
	FLAG,
	INTEGER,
	OBJECT,
	OBJECTS,
};

/* A key that counts, and what its value has to be. */
struct field {
	const char *name;
	enum kind kind;
	bool is_required; /* else it may be absent or null */
	const struct field *fields;
};

static const struct field capabilities[] = {
	{ "bounding", TEXTS, false, NULL },  { "effective", TEXTS, false, NULL }, { "inheritable", TEXTS, false, NULL },
	{ "permitted", TEXTS, false, NULL }, { "ambient", TEXTS, false, NULL },   {},
};
static const struct field process[] = { { "capabilities", OBJECT, false, capabilities }, {} };
static const struct field mount[] = {
	{ "destination", TEXT, true, NULL },
	{ "type", TEXT, false, NULL },
	{ "source", TEXT, false, NULL },
	{ "options", TEXTS, false, NULL },
	{},
};
static const struct field space[] = { { "type", TEXT, true, NULL }, { "path", TEXT, false, NULL }, {} };
static const struct field device[] = {
	{ "path", TEXT, true, NULL },
	{ "type", TEXT, true, NULL },
	{ "major", INTEGER, false, NULL },
	{ "minor", INTEGER, false, NULL },
	{},
};
static const struct field device_rule[] = {
	{ "allow", FLAG, true, NULL },     { "type", TEXT, false, NULL },   { "major", INTEGER, false, NULL },
	{ "minor", INTEGER, false, NULL }, { "access", TEXT, false, NULL }, {},
};
static const struct field resources[] = { { "devices", OBJECTS, false, device_rule }, {} };
static const struct field seccomp[] = { { "defaultAction", TEXT, true, NULL }, {} };
static const struct field around[] = {
	{ "namespaces", OBJECTS, false, space },
	{ "devices", OBJECTS, false, device },
	{ "resources", OBJECT, false, resources },
	{ "seccomp", OBJECT, false, seccomp },
	{ "maskedPaths", TEXTS, false, NULL },
	{ "readonlyPaths", TEXTS, false, NULL },
	{},
};
static const struct field spec[] = {
	{ "annotations", TEXT_MAP, false, NULL },
	{ "process", OBJECT, false, process },
	{ "mounts", OBJECTS, false, mount },
	{ "linux", OBJECT, false, around },
	{},
};

static bool has_fields(const json_t *object, const struct field *fields);

static bool are_texts(const json_t *value)
{
	json_t *one;
	size_t at;

	if (!json_is_array(value))
		return false;
	json_array_foreach(value, at, one)
	{
		if (!json_is_string(one))
			return false;
	}
	return true;
}

static bool is_text_map(json_t *value)
{
	const char *key;
	json_t *one;

	if (!json_is_object(value))
		return false;
	json_object_foreach(value, key, one)
	{
		if (!json_is_string(one))
			return false;
	}
	return true;
}

static bool are_objects(const json_t *value, const struct field *fields)
{
	json_t *one;
	size_t at;

	if (!json_is_array(value))
		return false;
	json_array_foreach(value, at, one)
	{
		if (!has_fields(one, fields))
			return false;
	}
	return true;
}

static bool is_integer(const json_t *value)
{
	double number = json_number_value(value);

	return json_is_number(value) && floor(number) == number && fabs(number) <= MOST_SAFE;
}

static bool is_of_kind(json_t *value, const struct field *field)
{
	switch (field->kind) {
	case TEXT:
		return json_is_string(value);
	case TEXTS:
		return are_texts(value);
	case TEXT_MAP:
		return is_text_map(value);
	case FLAG:
		return json_is_boolean(value);
	case INTEGER:
		return is_integer(value);
	case OBJECT:
		return has_fields(value, field->fields);
	case OBJECTS:
		return are_objects(value, field->fields);
	}
	return false;
}

/* Go takes keys without regard to case, and two letters beyond ASCII for one of it: the long s and the Kelvin sign. */
static bool is_folded(const char *key, const char *name)
{
	while (*key && *name) {
		int letter = *key >= 'A' && *key <= 'Z' ? *key + 32 : *key;
		int wanted = *name >= 'A' && *name <= 'Z' ? *name + 32 : *name;

		if (wanted == 's' && strncmp(key, "\xc5\xbf", 2) == 0)
			key += 2;
		else if (wanted == 'k' && strncmp(key, "\xe2\x84\xaa", 3) == 0)
			key += 3;
		else if (letter == wanted)
			key++;
		else
			return false;
		name++;
	}
	return !*key && !*name;
}

static bool has_fields(const json_t *object, const struct field *fields)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return false;
	json_object_foreach((json_t *)object, key, value)
	{
		for (const struct field *field = fields; field->name; field++)
			if (is_folded(key, field->name) && strcmp(key, field->name) != 0)
				return false;
	}
	for (const struct field *field = fields; field->name; field++) {
		json_t *found = json_object_get(object, field->name);

		if (!found || json_is_null(found) ? field->is_required : !is_of_kind(found, field))
			return false;
	}
	return true;
}

/* Whether it is no deeper, and holds no more values, than are read. */
static bool is_bounded(json_t *value, int depth, size_t *values)
{
	const char *key;
	json_t *one;
	size_t at;

	if (depth > DEEPEST || ++*values > MOST_VALUES)
		return false;
	json_array_foreach(value, at, one)
	{
		if (!is_bounded(one, depth + 1, values))
			return false;
	}
	json_object_foreach(value, key, one)
	{
		if (!is_bounded(one, depth + 1, values))
			return false;
	}
	return true;
}

json_t *read_spec(const char *bundle, const char **why)
{
	char path[PATH_MAX];
	enum read_state state = READ_ABSENT;
	size_t values = 0;
	json_t *value = NULL;

	*why = "Its config.json cannot be read.";
	if (bundle[0] && snprintf(path, sizeof(path), "%s/config.json", bundle) < (int)sizeof(path))
		value = read_json(path, OF_ANYBODY, &state);
	if (state == READ_REFUSED)
		*why = "Its config.json is longer than 4 MiB, or not JSON as an engine writes it.";
	if (value && is_bounded(value, 0, &values) && has_fields(value, spec))
		return value;
	if (value)
		*why = "Its config.json is not as an engine writes it.";
	json_decref(value);
	return NULL;
}
