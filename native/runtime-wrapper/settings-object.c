#include "settings-object.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *text(const char *format, ...)
{
	va_list words;
	char *made = NULL;

	va_start(words, format);
	if (vasprintf(&made, format, words) < 0)
		made = NULL;
	va_end(words);
	return made;
}

/* Names of files may be no UTF-8. */
static json_t *json_text(char *words)
{
	json_t *string = words ? json_string(words) : json_string("");

	if (string)
		return string;
	for (char *at = words; *at; at++)
		if (*at & 0x80)
			*at = '?';
	return json_string(words);
}

/* Takes the texts over. */
void object(struct asking *asking, char *message, char *docker, char *pod)
{
	const char *check = text_of(asking->rule, "check");
	json_t *one = json_object();

	if (check[0]) {
		char *named = text("%s: %s", check, message ? message : "");

		free(message);
		message = named;
	}
	json_object_set_new(one, "kind", json_string(asking->kind));
	json_object_set(one, "effect", json_object_get(asking->rule, "effect"));
	json_object_set_new(one, "message", json_text(message));
	json_object_set_new(one, "remedy", json_text(asking->asker == ASKER_POD ? pod : docker));
	json_array_append_new(asking->objections, one);
	free(message);
	free(docker);
	free(pod);
}

bool is_in(const struct path_list *list, const char *path)
{
	for (size_t at = 0; at < list->count; at++)
		if (strcmp(list->paths[at], path) == 0)
			return true;
	return false;
}
