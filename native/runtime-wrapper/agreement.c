#include "agreement.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sensor/guard/mountinfo.h"
#include "bundle.h"
#include "layers.h"
#include "read-file.h"

#define LONGEST_NAME 255

/* The last component of a path, which is cut off. */
static const char *cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return "";
	*slash = 0;
	return slash + 1;
}

/* Where containerd keeps the bundle of a task: STATE/io.containerd.runtime.v2.task/NAMESPACE/ID. */
static bool is_task_folder(const char *bundle, const char *id)
{
	static const char plugin[] = "io.containerd.runtime.v";
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", bundle);
	if (strcmp(cut_last(path), id) != 0 || !cut_last(path)[0])
		return false;
	return strncmp(cut_last(path), plugin, strlen(plugin)) == 0;
}

/* Whether the process with this id is one of this container's: its cgroup bears the container's id. */
static bool is_alive(json_int_t process, const char *id)
{
	char path[64], *line = NULL;
	bool found = false;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%lld/cgroup", (long long)process);
	file = fopen(path, "re");
	while (file && !found && getline(&line, &size, file) > 0)
		found = strstr(line, id) != NULL;
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* Whether the engine may be about to start it: it is neither running nor on its way out. What a crash left behind is no
 * sign of life. */
static bool may_be_started(const struct engine_record *record, char wrong[WRONG_BYTES])
{
	const json_t *state = json_object_get(record->config, "State");
	json_int_t process = (json_int_t)json_number_value(json_object_get(state, "Pid"));
	const char *is = NULL;

	if (json_is_true(json_object_get(state, "RemovalInProgress")))
		is = "is being removed";
	else if (json_is_true(json_object_get(state, "Dead")))
		is = "is dead";
	else if (process > 0 && is_alive(process, record->id))
		is = "runs already";
	if (is)
		snprintf(wrong, WRONG_BYTES, "the engine’s container %s", is);
	return !is;
}

/* Where the engine mounts the container's root. `mount`: the name of its writable layer in Docker's own store, else empty.
 * False when that cannot be told. */
static bool find_root(const struct engine_record *record, const char *driver, char place[PATH_MAX],
		      char mount[LONGEST_NAME + 1])
{
	static const char *const below[][3] = {
		{ "overlay2", "", "/merged" }, { "fuse-overlayfs", "", "/merged" },
		{ "vfs", "/dir", "" },         { "btrfs", "/subvolumes", "" },
		{ "zfs", "/graph", "" },       { "devicemapper", "/mnt", "/rootfs" },
		{ "overlay", "", "/merged" },  { "aufs", "/mnt", "" },
	};
	char path[PATH_MAX], *name;
	enum read_state state;
	size_t bytes;

	mount[0] = 0;
	snprintf(path, sizeof(path), "%s/image/%s/layerdb/mounts/%s/mount-id", record->root, driver, record->id);
	name = read_file(path, OF_ANYBODY, &bytes, &state);
	if (!name) {
		snprintf(place, PATH_MAX, "%s/rootfs/%s/%s", record->root, driver, record->id);
		return state == READ_ABSENT;
	}
	if (bytes == 0 || bytes > LONGEST_NAME || strchr(name, '/') || name[0] == '.') {
		free(name);
		return false;
	}
	strcpy(mount, name);
	free(name);
	for (size_t at = 0; at < sizeof(below) / sizeof(*below); at++) {
		if (strcmp(below[at][0], driver) == 0) {
			snprintf(place, PATH_MAX, "%s/%s%s/%s%s", record->root, driver, below[at][1], mount,
				 below[at][2]);
			return true;
		}
	}
	return false;
}

/* Whether the bundle's root lies where the engine has it; `real` is that place, without links. */
static bool is_root(const char *bundle, const char *place, char real[PATH_MAX], char wrong[WRONG_BYTES])
{
	char own[PATH_MAX], root[PATH_MAX];

	if (!bundle_root(bundle, own)) {
		snprintf(wrong, WRONG_BYTES, "its config.json names no root file system");
		return false;
	}
	if (!realpath(place, real) || !realpath(own, root) || strcmp(real, root) != 0) {
		snprintf(wrong, WRONG_BYTES,
			 "its root file system is %.400s, and that of the engine’s container %.400s", own, place);
		return false;
	}
	return true;
}

/* What is mounted there uppermost; NULL: nothing. To be freed. */
static char *find_mount(const char *place, struct mountinfo *found)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *last = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		struct mountinfo one;

		if (!mountinfo_parse(line, &one) || strcmp(one.place, place) != 0)
			continue;
		free(last);
		last = line;
		*found = one;
		line = NULL;
		size = 0;
	}
	free(line);
	if (file)
		fclose(file);
	return last;
}

static bool is_laid(const struct engine_record *record, const char *real, const char *mount, char wrong[WRONG_BYTES])
{
	struct mountinfo found = {};
	char *line = find_mount(real, &found);
	bool is_good = line && strcmp(found.kind, "overlay") == 0;

	if (!is_good)
		snprintf(wrong, WRONG_BYTES, "no overlay is mounted at %.400s", real);
	else if (mount[0])
		is_good = is_of_overlay2(record, found.options, mount, wrong);
	else
		is_good = is_of_snapshots(record, found.options, wrong);
	free(line);
	return is_good;
}

static bool is_in_task_folder(const struct engine_record *record, const char *bundle, char wrong[WRONG_BYTES])
{
	if (is_task_folder(bundle, record->id))
		return true;
	snprintf(wrong, WRONG_BYTES, "its bundle %.400s is not the folder that containerd keeps for it", bundle);
	return false;
}

bool is_plugin_of(const struct engine_record *record, const char *bundle, char wrong[WRONG_BYTES])
{
	char place[PATH_MAX], real[PATH_MAX];

	snprintf(place, sizeof(place), "%s/plugins/%s/rootfs", record->root, record->id);
	return is_in_task_folder(record, bundle, wrong) && is_root(bundle, place, real, wrong);
}

bool agrees(const struct engine_record *record, const char *bundle, char wrong[WRONG_BYTES])
{
	const char *driver = json_string_value(json_object_get(record->config, "Driver"));
	char place[PATH_MAX], real[PATH_MAX], mount[LONGEST_NAME + 1];
	bool is_overlay;

	if (!is_task_folder(bundle, record->id)) {
		snprintf(wrong, WRONG_BYTES, "its bundle %.400s is not the folder that containerd keeps for it",
			 bundle);
		return false;
	}
	if (!driver || !driver[0] || strchr(driver, '/') || !find_root(record, driver, place, mount)) {
		snprintf(wrong, WRONG_BYTES, "the engine does not say where its root file system is");
		return false;
	}
	is_overlay = strcmp(driver, mount[0] ? "overlay2" : "overlayfs") == 0;
	return is_root(bundle, place, real, wrong) && may_be_started(record, wrong) &&
	       (!is_overlay || is_laid(record, real, mount, wrong));
}
