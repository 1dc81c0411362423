#include "gate-config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "places.h"
#include "read-file.h"
#include "runtime.h"

#define FORM 1

/* A path from the root of the file system, or NULL. */
static const char *path_of(const json_t *object, const char *key)
{
	const char *path = json_string_value(json_object_get(object, key));

	return path && path[0] == '/' && strlen(path) < PATH_MAX ? path : NULL;
}

/* Sets what a word says; false when it is neither. */
static bool is_allowed(const json_t *object, const char *key, bool *allowed)
{
	const char *word = json_string_value(json_object_get(object, key));

	*allowed = word && strcmp(word, "allow") == 0;
	return word && (*allowed || strcmp(word, "deny") == 0);
}

static bool has_form(const json_t *object)
{
	return json_number_value(json_object_get(object, "form")) == FORM;
}

/* Containers that run must be ended whatever became of the configuration. */
static const char *guess_runc(void)
{
	static const char *const places[] = { REAL_RUNC, NULL };

	for (int at = 0; places[at]; at++)
		if (access(places[at], X_OK) == 0 && !is_this_program(places[at]))
			return places[at];
	return places[0];
}

void read_gate_config(struct gate_config *config)
{
	enum read_state state;
	json_t *json = read_json(GATE_FOLDER "/gate.json", OF_ROOT, &state);
	const char *runc = json ? path_of(json, "runc") : NULL;

	memset(config, 0, sizeof(*config));
	config->is_broken = !json || !runc || !has_form(json) ||
			    !is_allowed(json, "unknownInstance", &config->allows_unknown_instance) ||
			    !is_allowed(json, "broken", &config->allows_when_broken);
	snprintf(config->runc, sizeof(config->runc), "%s", runc ? runc : guess_runc());
	json_decref(json);
}

static bool take_roots(struct instance *instance)
{
	json_t *roots = json_object_get(instance->json, "engineRoots"), *root;
	size_t at;

	json_array_foreach(roots, at, root)
	{
		const char *path = json_string_value(root);

		if (!path || path[0] != '/' || at >= MOST_ROOTS)
			return false;
		instance->roots[instance->root_count++] = path;
	}
	return instance->root_count > 0;
}

static bool take_instance(struct instance *instance, const char *path)
{
	enum read_state state;

	memset(instance, 0, sizeof(*instance));
	instance->json = read_json(path, OF_ROOT, &state);
	if (!instance->json)
		return false;
	instance->name = json_string_value(json_object_get(instance->json, "name"));
	instance->ledger = path_of(instance->json, "ledger");
	instance->socket = path_of(instance->json, "socket");
	instance->spool = path_of(instance->json, "spool");
	if (has_form(instance->json) && instance->name && instance->ledger && instance->socket && instance->spool &&
	    take_roots(instance))
		return true;
	json_decref(instance->json);
	return false;
}

static int is_instance(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

void read_instances(struct instances *instances)
{
	struct dirent **entries = NULL;
	struct stat about;
	int count = 0;

	instances->count = 0;
	instances->are_some_broken = false;
	if (stat(GATE_FOLDER "/instances", &about))
		return;
	if (about.st_uid != 0 || about.st_mode & (S_IWGRP | S_IWOTH) ||
	    (count = scandir(GATE_FOLDER "/instances", &entries, is_instance, alphasort)) < 0)
		instances->are_some_broken = true;
	for (int at = 0; at < count; at++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), GATE_FOLDER "/instances/%s", entries[at]->d_name);
		if (instances->count < MOST_INSTANCES && take_instance(&instances->list[instances->count], path))
			instances->count++;
		else
			instances->are_some_broken = true;
		free(entries[at]);
	}
	free(entries);
}
