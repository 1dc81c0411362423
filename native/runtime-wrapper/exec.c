#include "exec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "json-span.h"
#include "read-file.h"
#include "without-image.h"

#define USUAL_ROOT "/run/runc"
#define MOST_MORE 100
#define LONGEST_NAME 64
#define MOST_STATE (16 * 1024 * 1024) /* bytes of the runtime's record of a container */

/* What a program is given beyond what its container has. */
struct gain {
	json_t *more; /* names, each once */
	bool is_unreadable;
};

static bool holds(const json_t *list, const char *name)
{
	const json_t *one;
	size_t at;

	json_array_foreach(list, at, one) if (strcasecmp(json_string_value(one) ?: "", name) == 0) return true;
	return false;
}

/* All names in the sets of an object, whatever the sets are called. */
static json_t *names_of(json_t *sets)
{
	json_t *names = json_array(), *set, *one;
	const char *key;
	size_t at;

	json_object_foreach(sets, key, set)
		json_array_foreach(set, at, one) if (json_is_string(one) && !holds(names, json_string_value(one)))
			json_array_append(names, one);
	return names;
}

/* What the container has, by the runtime's own record; NULL: there is none, or it has all. Of a record that cannot be read
 * nothing is known, so all that a program is given counts as more. To be released. */
static json_t *names_of_container(const struct arguments *arguments)
{
	const char *root = arguments->root && arguments->root[0] ? arguments->root : USUAL_ROOT;
	json_t *state, *sets, *names = NULL;
	enum read_state how = READ_REFUSED;
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s/state.json", root, arguments->container) >= (int)sizeof(path))
		return json_array();
	state = read_json_within(path, OF_ANYBODY, MOST_STATE, &how);
	if (!state)
		return how == READ_ABSENT ? NULL : json_array();
	sets = json_object_get(json_object_get(state, "config"), "capabilities");
	if (json_is_object(sets))
		names = names_of(sets);
	json_decref(state);
	return names;
}

static void take(struct gain *gain, const json_t *held, const char *name)
{
	if (!name || strlen(name) > LONGEST_NAME || json_array_size(gain->more) == MOST_MORE)
		gain->is_unreadable = true;
	else if (!holds(held, name) && !holds(gain->more, name))
		json_array_append_new(gain->more, json_string(name));
}

/* A file with the process, as `--process` names it. */
static void take_process(struct gain *gain, const json_t *held, const char *path)
{
	static const char *const way[] = { "capabilities", NULL };
	enum read_state state;
	enum span_result found;
	struct span span;
	size_t bytes, at;
	char *text = read_file(path, OF_ANYBODY, &bytes, &state);
	json_t *sets = NULL, *names, *one;

	found = text ? find_span(text, bytes, way, &span) : SPAN_MALFORMED;
	if (found == SPAN_FOUND)
		sets = json_loadb(text + span.from, span.to - span.from, JSON_DECODE_ANY, NULL);
	if (found == SPAN_MALFORMED || (found == SPAN_FOUND && !json_is_object(sets) && !json_is_null(sets)))
		gain->is_unreadable = true;
	names = names_of(json_is_object(sets) ? sets : NULL);
	json_array_foreach(names, at, one) take(gain, held, json_string_value(one));
	json_decref(names);
	json_decref(sets);
	free(text);
}

static void take_word(struct gain *gain, const json_t *held, const struct exec_word *word)
{
	if (!word->value)
		return;
	if (word->kind == EXEC_PROCESS)
		take_process(gain, held, word->value);
	else
		take(gain, held, word->value);
}

static struct gain gain_of(const struct arguments *arguments, char *const *words)
{
	struct gain gain = { .more = json_array() };
	json_t *held = names_of_container(arguments);
	struct exec_word word;

	if (held)
		for (char *const *at = exec_words(words, arguments); next_exec_word(&at, &word);)
			take_word(&gain, held, &word);
	json_decref(held);
	return gain;
}

bool judge_exec(struct start *start, const struct instances *instances, char *const *words)
{
	struct gain gain;
	bool is_judged;

	if (!find_keeper(instances, start->arguments->container, &start->container))
		return false;
	gain = gain_of(start->arguments, words);
	is_judged = gain.is_unreadable || json_array_size(gain.more) > 0;
	if (gain.is_unreadable) {
		json_decref(gain.more);
		answer_without_image(start, false, "request");
		snprintf(start->reason, sizeof(start->reason),
			 "What this program is to be given cannot be read. Run it by docker exec.");
	} else if (is_judged) {
		judge_without_image(start, "exec", json_pack("{s:o}", "capabilities", gain.more));
	} else {
		json_decref(gain.more);
	}
	return is_judged;
}
