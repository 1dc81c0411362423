#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "real-path.h"

const char *const namespace_names[NAMESPACES] = { "pid", "network", "ipc", "uts", "user", "cgroup" };

const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static int by_bytes(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

void sort_paths(struct path_list *list)
{
	if (list->count > 1)
		qsort(list->paths, list->count, sizeof(*list->paths), by_bytes);
}

bool open_host_view(struct host_view *view, const json_t *json)
{
	const json_t *sockets = json_object_get(json, "sockets"), *socket;
	const char *root = json_string_value(json_object_get(json, "engineRoot"));
	char real[PATH_MAX];
	size_t at;

	memset(view, 0, sizeof(*view));
	view->json = json;
	view->kernel = json_object_get(json, "kernel");
	if (!root || !json_is_array(sockets) || !json_is_object(view->kernel))
		return false;
	view->engine_root = real_path(root, real) ? strdup(real) : NULL;
	json_array_foreach(sockets, at, socket)
	{
		const char *path = json_string_value(socket);

		if (!path || !path_list_add(&view->sockets, real_path(path, real) ? real : path))
			return false;
	}
	return true;
}

void close_host_view(struct host_view *view)
{
	free(view->engine_root);
	path_list_free(&view->sockets);
	memset(view, 0, sizeof(*view));
}

char *capability_name(const char *word)
{
	static const char space[] = " \t\n\v\f\r";
	size_t length;
	char *name;

	word += strspn(word, space);
	length = strlen(word);
	while (length > 0 && strchr(space, word[length - 1]))
		length--;
	name = strndup(word, length);
	for (char *at = name; at && *at; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 32);
	if (name && strncmp(name, "CAP_", 4) == 0)
		memmove(name, name + 4, strlen(name + 4) + 1);
	return name;
}
