#include "read-settings.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "settings-devices.h"
#include "settings-mounts.h"

/* Whether a namespace's file is one of this process's own: the host's. */
static enum sharing sharing_of(const char *file)
{
	struct stat about, own;
	struct dirent *entry;
	DIR *folder = file[0] == '/' && stat(file, &about) == 0 ? opendir("/proc/self/ns") : NULL;
	enum sharing sharing = folder ? SHARES_NOTHING : SHARES_UNSEEN;
	int at = folder ? dirfd(folder) : -1;

	while (folder && at >= 0 && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		if (fstatat(at, entry->d_name, &own, 0))
			sharing = SHARES_UNSEEN;
		else if (sharing != SHARES_UNSEEN && own.st_ino == about.st_ino && own.st_dev == about.st_dev)
			sharing = SHARES_HOST;
	}
	if (folder)
		closedir(folder);
	return sharing;
}

static void read_namespaces(struct settings *settings, const json_t *around)
{
	const json_t *all = json_object_get(around, "namespaces"), *one;

	for (int name = 0; name < NAMESPACES; name++) {
		const json_t *own = NULL;
		const char *path;
		size_t at;

		json_array_foreach(all, at, one)
		{
			if (!own && strcmp(text_of(one, "type"), namespace_names[name]) == 0)
				own = one;
		}
		path = text_of(own, "path");
		if (strcmp(namespace_names[name], "cgroup") == 0)
			settings->has_own_cgroups = own && !path[0];
		settings->namespaces[name] = !own ? SHARES_HOST : path[0] ? sharing_of(path) : SHARES_NOTHING;
	}
}

static bool is_usual(const char *name)
{
	static const char *const usual[] = { "AUDIT_WRITE", "CHOWN",   "DAC_OVERRIDE",     "FOWNER",     "FSETID",
					     "KILL",        "MKNOD",   "NET_BIND_SERVICE", "NET_RAW",    "SETFCAP",
					     "SETGID",      "SETPCAP", "SETUID",           "SYS_CHROOT", NULL };

	for (int at = 0; usual[at]; at++)
		if (strcmp(name, usual[at]) == 0)
			return true;
	return false;
}

static bool read_capabilities(struct settings *settings, const json_t *process)
{
	static const char *const sets[] = { "bounding", "effective", "inheritable", "permitted", "ambient", NULL };
	const json_t *all = json_object_get(process, "capabilities"), *one;
	bool is_good = true;
	size_t at;

	for (int set = 0; sets[set]; set++) {
		json_array_foreach(json_object_get(all, sets[set]), at, one)
		{
			char *name = capability_name(json_string_value(one));

			is_good = is_good && name && (is_usual(name) || path_list_add(&settings->capabilities, name));
			free(name);
		}
	}
	sort_paths(&settings->capabilities);
	return is_good;
}

static enum seccomp seccomp_of(const json_t *around)
{
	static const char *const refusing[] = { "SCMP_ACT_ERRNO",        "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD",
						"SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP", NULL };
	const json_t *profile = json_object_get(around, "seccomp");

	if (!json_is_object(profile))
		return SECCOMP_OFF;
	for (int at = 0; refusing[at]; at++)
		if (strcmp(text_of(profile, "defaultAction"), refusing[at]) == 0)
			return SECCOMP_ON;
	return SECCOMP_OPEN;
}

static bool holds_text(const json_t *texts, const char *wanted)
{
	const json_t *one;
	size_t at;

	json_array_foreach(texts, at, one)
	{
		if (strcmp(json_string_value(one), wanted) == 0)
			return true;
	}
	return false;
}

/* Whether one of the paths of the kernel that every engine closes is open. */
static bool are_system_paths_open(const json_t *around, const json_t *view)
{
	const json_t *masked = json_object_get(around, "maskedPaths");
	const json_t *kept = json_object_get(around, "readonlyPaths"), *one;
	size_t at;

	json_array_foreach(json_object_get(view, "masked"), at, one)
	{
		if (!holds_text(masked, json_string_value(one)))
			return true;
	}
	json_array_foreach(json_object_get(view, "readonly"), at, one)
	{
		if (!holds_text(kept, json_string_value(one)) && !holds_text(masked, json_string_value(one)))
			return true;
	}
	return false;
}

bool read_settings(struct settings *settings, const json_t *spec, const struct host_view *view)
{
	const json_t *around = json_object_get(spec, "linux");

	memset(settings, 0, sizeof(*settings));
	settings->sockets = &view->sockets;
	settings->seccomp = seccomp_of(around);
	settings->has_open_system_paths = are_system_paths_open(around, view->json);
	read_namespaces(settings, around);
	return read_capabilities(settings, json_object_get(spec, "process")) && read_devices(settings, spec) &&
	       read_mounts(settings, spec, view);
}

void free_settings(struct settings *settings)
{
	for (size_t at = 0; at < settings->mount_count; at++)
		path_list_free(&settings->mounts[at].places);
	for (size_t at = 0; at < settings->device_count; at++)
		free(settings->devices[at].path);
	free(settings->mounts);
	free(settings->devices);
	path_list_free(&settings->capabilities);
	memset(settings, 0, sizeof(*settings));
}
