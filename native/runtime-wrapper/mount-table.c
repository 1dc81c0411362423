#include "mount-table.h"

#include "../sensor/guard/mountinfo.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "real-path.h"

#define LONGEST_TABLE (8 * 1024 * 1024)
#define MOST_STEPS 20000

void path_list_free(struct path_list *list)
{
	for (size_t at = 0; at < list->count; at++)
		free(list->paths[at]);
	free(list->paths);
	memset(list, 0, sizeof(*list));
}

bool path_list_add(struct path_list *list, const char *path)
{
	for (size_t at = 0; at < list->count; at++)
		if (strcmp(list->paths[at], path) == 0)
			return true;
	if (list->count == list->room) {
		size_t room = list->room * 2 + 16;
		char **paths = realloc(list->paths, room * sizeof(*paths));

		if (!paths)
			return false;
		list->paths = paths;
		list->room = room;
	}
	list->paths[list->count] = strdup(path);
	return list->paths[list->count] && ++list->count;
}

static char *read_text(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	char *text = file < 0 ? NULL : malloc(LONGEST_TABLE + 1);
	size_t used = 0;
	ssize_t got = 1;

	while (text && got > 0 && used < LONGEST_TABLE) {
		got = read(file, text + used, LONGEST_TABLE - used);
		used += got > 0 ? (size_t)got : 0;
	}
	if (file >= 0)
		close(file);
	if (text && got == 0) {
		text[used] = 0;
		return text;
	}
	free(text);
	return NULL;
}

static bool parse_line(char *line, struct mount_point *mount)
{
	static char overlay[] = "overlay";
	char *words[5], *rest = line, *divider = strstr(line, " - "), *kind, *last;
	unsigned int major, minor;

	kind = divider ? divider + 3 : strchr(line, 0);
	last = strrchr(line, ' ');
	for (int at = 0; at < 5; at++)
		if (!(words[at] = strsep(&rest, " ")))
			return false;
	if (sscanf(words[2], "%u:%u", &major, &minor) != 2)
		return false;
	mount->device = (uint64_t)major << 32 | minor;
	mountinfo_unescape(words[3]);
	mountinfo_unescape(words[4]);
	mount->root = words[3];
	mount->at = words[4];
	kind[strcspn(kind, " ")] = 0;
	mount->kind = kind;
	mount->options = last && strcmp(kind, overlay) == 0 ? last + 1 : NULL;
	return true;
}

bool mount_table_read(struct mount_table *table)
{
	char *rest, *line;
	size_t lines = 1;

	memset(table, 0, sizeof(*table));
	table->steps = MOST_STEPS;
	table->text = read_text("/proc/self/mountinfo");
	if (!table->text)
		return false;
	for (const char *at = table->text; (at = strchr(at, '\n')); at++)
		lines++;
	table->mounts = calloc(lines, sizeof(*table->mounts));
	rest = table->text;
	while (table->mounts && (line = strsep(&rest, "\n")))
		if (*line && parse_line(line, &table->mounts[table->count]))
			table->count++;
	return table->mounts != NULL;
}

void mount_table_free(struct mount_table *table)
{
	free(table->mounts);
	free(table->text);
	memset(table, 0, sizeof(*table));
}

/* What a path has below a folder that holds it. */
static const char *below(const char *folder, const char *path)
{
	size_t length = strlen(folder);

	if (length == 1)
		return path + 1;
	return path[length] == '/' ? path + length + 1 : path + length;
}

/* False where the steps do not suffice, or there is no memory. */
static bool add_path(struct mount_table *table, struct path_list *list, const char *folder, const char *rest,
		     const char *outside)
{
	char *path;
	bool is_added;

	if (table->steps == 0)
		return false;
	table->steps--;
	if (asprintf(&path, "%s%s%s", *rest && strcmp(folder, "/") == 0 ? "" : folder, *rest ? "/" : "", rest) < 0)
		return false;
	is_added = (outside && holds_path(outside, path)) || path_list_add(list, path);
	free(path);
	return is_added;
}

/* A folder that an overlay is laid of, links followed. One that is told from a folder that nobody knows, or with marks of
 * escaping, is passed over in what is mounted below a path alone. */
static bool add_layer(struct mount_table *table, struct path_list *list, const char *folder, const char *rest,
		      const char *outside)
{
	char real[PATH_MAX];

	if (folder[0] != '/' || strchr(folder, '\\'))
		return !folder[0] || outside;
	return real_path(folder, real) && add_path(table, list, real, rest, outside);
}

/* Folders that an overlay is laid of. */
static bool add_layers(struct mount_table *table, struct path_list *list, const struct mount_point *part,
		       const char *outside)
{
	static const char *const names[] = { "lowerdir=", "lowerdir+=", "upperdir=", NULL };
	char *text = strdup(part->options), *rest = text, *option;
	bool is_good = text != NULL;

	if (text)
		mountinfo_unescape(text);
	while (is_good && (option = strsep(&rest, ","))) {
		for (int at = 0; names[at]; at++) {
			char *folders = option + strlen(names[at]), *folder;

			if (strncmp(option, names[at], strlen(names[at])) != 0)
				continue;
			while (is_good && (folder = strsep(&folders, ":")))
				is_good = add_layer(table, list, folder, below("/", part->root), outside);
		}
	}
	free(text);
	return is_good;
}

/* Every path of a part of a file system; `outside`: but those in this folder. */
static bool add_paths(struct mount_table *table, struct path_list *list, const struct mount_point *part,
		      const json_t *kernel, const char *outside)
{
	const char *own = json_string_value(json_object_get(kernel, part->kind));

	for (size_t at = 0; at < table->count; at++) {
		const struct mount_point *mount = &table->mounts[at];

		if (mount->device == part->device && holds_path(mount->root, part->root) &&
		    !add_path(table, list, mount->at, below(mount->root, part->root), outside))
			return false;
	}
	if (own && !add_path(table, list, own, below("/", part->root), outside))
		return false;
	return !part->options || add_layers(table, list, part, outside);
}

/* The mount in which a place lies: of those at one path the last, which covers the others. */
static const struct mount_point *mount_of(const struct mount_table *table, const char *path)
{
	const struct mount_point *found = NULL;

	for (size_t at = 0; at < table->count; at++) {
		const struct mount_point *mount = &table->mounts[at];

		if (holds_path(mount->at, path) && (!found || strlen(mount->at) >= strlen(found->at)))
			found = mount;
	}
	return found;
}

static bool add_aliases(struct mount_table *table, struct path_list *list, const char *path, const json_t *kernel)
{
	const struct mount_point *own = mount_of(table, path);
	bool is_good = path_list_add(list, path);

	if (!is_good || strcmp(path, "/") == 0)
		return is_good;
	if (own) {
		struct mount_point part = *own;
		const char *rest = below(own->at, path);
		char *root;

		if (asprintf(&root, "%s%s%s", *rest && strcmp(own->root, "/") == 0 ? "" : own->root, *rest ? "/" : "",
			     rest) < 0)
			return false;
		part.root = root;
		is_good = add_paths(table, list, &part, kernel, NULL);
		free(root);
	}
	for (size_t at = 0; is_good && at < table->count; at++) {
		const struct mount_point *mount = &table->mounts[at];

		if (!holds_path(path, mount->at) || strcmp(path, mount->at) == 0)
			continue;
		is_good = table->steps > 0;
		table->steps -= is_good;
		is_good = is_good && add_paths(table, list, mount, kernel, path);
	}
	return is_good;
}

bool mount_table_places(struct mount_table *table, const char *path, const json_t *kernel, struct path_list *places)
{
	char real[PATH_MAX];
	struct stat about;
	bool is_good;

	if (!real_path(path, real))
		return false;
	is_good = add_aliases(table, places, real, kernel);
	if (stat(real, &about) == 0 && S_ISBLK(about.st_mode)) {
		uint64_t device = (uint64_t)major(about.st_rdev) << 32 | minor(about.st_rdev);

		for (size_t at = 0; is_good && at < table->count; at++)
			if (table->mounts[at].device == device)
				is_good = add_aliases(table, places, table->mounts[at].at, kernel);
	}
	if (!is_good)
		path_list_free(places);
	return is_good;
}
