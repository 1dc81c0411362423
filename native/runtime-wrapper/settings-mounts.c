#include "settings-mounts.h"

#include <stdlib.h>
#include <string.h>

#include "real-path.h"

#define CONTAINER_FILES 6 /* that an engine makes for a container */
#define ID_DIGITS 64

static bool is_container_file(const char *path, const char *engine_root)
{
	static const char *const names[] = { "hostname",       "hosts",          "resolv.conf", "mounts/shm",
					     "mounts/secrets", "mounts/configs", NULL };
	static const char folder[] = "/containers/";
	size_t length = engine_root ? strlen(engine_root) : 0;

	if (!engine_root || strncmp(path, engine_root, length) != 0 ||
	    strncmp(path + length, folder, strlen(folder)) != 0)
		return false;
	path += length + strlen(folder);
	if (strspn(path, "0123456789abcdef") != ID_DIGITS || path[ID_DIGITS] != '/')
		return false;
	for (int at = 0; names[at]; at++)
		if (strcmp(path + ID_DIGITS + 1, names[at]) == 0)
			return true;
	return false;
}

/* A whole volume, or what lies in it. */
static bool is_volume(const char *path, const char *engine_root)
{
	static const char folder[] = "/volumes/", data[] = "/_data";
	size_t length = strlen(engine_root), name;

	if (strncmp(path, engine_root, length) != 0 || strncmp(path + length, folder, strlen(folder)) != 0)
		return false;
	path += length + strlen(folder);
	name = strcspn(path, "/");
	if (name == 0 || strncmp(path + name, data, strlen(data)) != 0)
		return false;
	path += name + strlen(data);
	return !*path || *path == '/';
}

static bool is_bound(const json_t *mount)
{
	const json_t *option;
	size_t at;

	if (strcmp(text_of(mount, "type"), "bind") == 0 || strcmp(text_of(mount, "type"), "rbind") == 0)
		return true;
	json_array_foreach(json_object_get(mount, "options"), at, option)
	{
		if (strcmp(json_string_value(option), "bind") == 0 || strcmp(json_string_value(option), "rbind") == 0)
			return true;
	}
	return false;
}

static bool has_option(const json_t *mount, const char *wanted)
{
	const json_t *option;
	size_t at;

	json_array_foreach(json_object_get(mount, "options"), at, option)
	{
		if (strcmp(json_string_value(option), wanted) == 0)
			return true;
	}
	return false;
}

/* Whether every container has this file system of the kernel: its own processes, and the rest where it only reads. */
static bool is_own_kernel(const json_t *mount, const struct settings *settings)
{
	const char *type = text_of(mount, "type");
	char target[PATH_MAX];

	plain_path(text_of(mount, "destination"), target);
	if (strcmp(type, "proc") == 0)
		return strcmp(target, "/proc") == 0;
	if (strcmp(type, "sysfs") == 0)
		return strcmp(target, "/sys") == 0 && has_option(mount, "ro");
	if (strcmp(type, "cgroup") == 0 || strcmp(type, "cgroup2") == 0)
		return strcmp(target, "/sys/fs/cgroup") == 0 && (has_option(mount, "ro") || settings->has_own_cgroups);
	return false;
}

/* The path of the host that a mount shows; NULL: nothing of it, empty: nobody can see which. */
static const char *shown_by(const json_t *mount, const struct settings *settings, const struct host_view *view)
{
	const char *source = text_of(mount, "source");
	const char *kernel = json_string_value(json_object_get(view->kernel, text_of(mount, "type")));

	if (is_bound(mount))
		return source[0] == '/' ? source : "";
	if (kernel)
		return is_own_kernel(mount, settings) ? NULL : kernel;
	return source[0] == '/' ? source : NULL;
}

static bool is_too_many(const json_t *mounts, const struct settings *settings, const struct host_view *view)
{
	size_t at, count = 0, own = 0;
	const json_t *mount;

	json_array_foreach(mounts, at, mount)
	{
		const char *path = shown_by(mount, settings, view);

		count += path != NULL;
		own += path && is_container_file(path, view->engine_root);
	}
	return count - (own < CONTAINER_FILES ? own : CONTAINER_FILES) > MOST_MOUNTS;
}

/* Leaves out volumes and the files of a container, not what else an engine keeps; false where nothing is left. */
static bool keep_places(struct host_mount *mount, const struct path_list *all, const char *engine_root)
{
	char plain[PATH_MAX];

	for (size_t at = 0; at < all->count; at++) {
		if (engine_root &&
		    (is_volume(all->paths[at], engine_root) || is_container_file(all->paths[at], engine_root)))
			continue;
		plain_path(all->paths[at], plain);
		path_list_add(&mount->places, plain);
	}
	sort_paths(&mount->places);
	return mount->places.count > 0;
}

/* A path that was looked at, and where it leads. */
struct look {
	const char *path;
	bool is_seen;
	struct path_list places;
};

struct looks {
	struct look *list;
	size_t count;
	struct mount_table table;
	bool has_table;
};

/* Each path is looked at once, however many mounts show it. */
static const struct look *look_at(struct looks *looks, const char *path, const json_t *kernel)
{
	struct look *look;

	for (size_t at = 0; at < looks->count; at++)
		if (strcmp(looks->list[at].path, path) == 0)
			return &looks->list[at];
	look = &looks->list[looks->count++];
	look->path = path;
	look->is_seen = path[0] && looks->has_table && mount_table_places(&looks->table, path, kernel, &look->places);
	return look;
}

static void add_mount(struct settings *settings, const json_t *json, const struct host_view *view, struct looks *looks)
{
	struct host_mount *mount = &settings->mounts[settings->mount_count];
	const char *path = shown_by(json, settings, view);
	const struct look *look;

	if (!path)
		return;
	look = look_at(looks, path, view->kernel);
	*mount = (struct host_mount){ .source = path[0] ? path : text_of(json, "source"),
				      .target = text_of(json, "destination"),
				      .is_seen = look->is_seen };
	if (!mount->is_seen || keep_places(mount, &look->places, view->engine_root))
		settings->mount_count++;
}

bool read_mounts(struct settings *settings, const json_t *spec, const struct host_view *view)
{
	const json_t *mounts = json_object_get(spec, "mounts"), *mount;
	struct looks looks = {};
	size_t at;

	settings->has_many_mounts = is_too_many(mounts, settings, view);
	if (settings->has_many_mounts)
		return true;
	settings->mounts = calloc(json_array_size(mounts) + 1, sizeof(*settings->mounts));
	looks.list = calloc(json_array_size(mounts) + 1, sizeof(*looks.list));
	if (!settings->mounts || !looks.list) {
		free(looks.list);
		return false;
	}
	looks.has_table = mount_table_read(&looks.table);
	json_array_foreach(mounts, at, mount)
	{
		add_mount(settings, mount, view, &looks);
	}
	for (at = 0; at < looks.count; at++)
		path_list_free(&looks.list[at].places);
	free(looks.list);
	mount_table_free(&looks.table);
	return true;
}
