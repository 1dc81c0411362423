#include "builder-step.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "read-file.h"

/* Logs that nobody keeps, whichever the engine's usual ones are. */
static bool has_no_log(const struct engine_record *record)
{
	char path[PATH_MAX];
	enum read_state state;
	json_t *config;
	const char *type;
	bool is_none;

	if (snprintf(path, sizeof(path), "%s/containers/%s/hostconfig.json", record->root, record->id) >=
	    (int)sizeof(path))
		return false;
	config = read_json(path, OF_ANYBODY, &state);
	type = json_string_value(json_object_get(json_object_get(config, "LogConfig"), "Type"));
	is_none = type && strcmp(type, "none") == 0;
	json_decref(config);
	return is_none;
}

bool is_builder_step(const struct engine_record *record)
{
	const json_t *config = json_object_get(record->config, "Config");
	const json_t *check = json_object_get(json_object_get(config, "Healthcheck"), "Test");
	const char *image = json_string_value(json_object_get(config, "Image"));
	const char *word = json_string_value(json_array_get(check, 0));

	return image && strncmp(image, "sha256:", 7) == 0 && json_array_size(check) == 1 && word &&
	       strcmp(word, "NONE") == 0 && has_no_log(record);
}
