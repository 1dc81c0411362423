#include "settings-rules-mounts.h"

#include <stdio.h>
#include <string.h>

#include "real-path.h"
#include "settings-devices.h"

static void object_to_many_mounts(struct asking *asking)
{
	object(asking,
	       text("It has more than %d mounts, which are more than can be judged while its start waits.",
		    MOST_MOUNTS),
	       text("Give it at most %d mounts and volumes: mount the folder that holds several of them.", MOST_MOUNTS),
	       text("Give it at most %d volumeMounts: mount the folder that holds several of them.", MOST_MOUNTS));
}

static void object_to_many_devices(struct asking *asking)
{
	object(asking,
	       text("More than %d devices are open to it, or some that cannot be seen: disks may be among them.",
		    MOST_DEVICES),
	       text("Give it at most %d devices, each by its own --device.", MOST_DEVICES),
	       text("Ask for resources that bring at most %d devices.", MOST_DEVICES));
}

/* The first folder that lies in a path, as the tree of them is walked: by their order, a folder before what lies in it. */
static const char *first_below(const struct path_list *folders, const char *path)
{
	char here[PATH_MAX];

	snprintf(here, sizeof(here), "%s", path);
	for (;;) {
		const char *first = NULL;
		size_t length = strlen(here);

		for (size_t at = 0; !first && at < folders->count; at++)
			if (holds_path(here, folders->paths[at]) && strcmp(here, folders->paths[at]) != 0)
				first = folders->paths[at];
		if (!first)
			return NULL;
		length += length > 1;
		length += strcspn(first + length, "/");
		snprintf(here, sizeof(here), "%.*s", (int)length, first);
		if (!is_in(folders, here))
			continue;
		for (size_t at = 0; at < folders->count; at++)
			if (strcmp(folders->paths[at], here) == 0)
				return folders->paths[at];
	}
}

/* A folder that holds a path, else one that lies in it. `/` is the whole host only. */
static const char *meeting(const struct path_list *folders, const char *path)
{
	const char *above = NULL;

	for (size_t at = 0; at < folders->count; at++) {
		const char *folder = folders->paths[at];

		if (holds_path(folder, path) && (strcmp(folder, "/") != 0 || strcmp(path, "/") == 0) &&
		    (!above || strlen(folder) < strlen(above)))
			above = folder;
	}
	return above ? above : first_below(folders, path);
}

/* The first of a mount's paths that meets a folder. */
static const char *first_meeting(const struct host_mount *mount, const struct path_list *folders, const char **path)
{
	for (size_t at = 0; at < mount->places.count; at++) {
		const char *folder = meeting(folders, mount->places.paths[at]);

		*path = mount->places.paths[at];
		if (folder)
			return folder;
	}
	return NULL;
}

static void plain_folders(struct path_list *folders, const struct path_list *paths)
{
	char plain[PATH_MAX];

	for (size_t at = 0; at < paths->count; at++) {
		plain_path(paths->paths[at], plain);
		path_list_add(folders, plain);
	}
}

void engine_socket(struct asking *asking)
{
	const struct settings *settings = asking->settings;
	struct path_list sockets = {};

	if (settings->has_many_mounts) {
		if (strcmp(text_of(asking->rule, "many"), "pass") != 0)
			object_to_many_mounts(asking);
		return;
	}
	plain_folders(&sockets, settings->sockets);
	for (size_t at = 0; at < settings->mount_count; at++) {
		const struct host_mount *mount = &settings->mounts[at];
		const char *into = mount->target[0] ? " into " : "", *path, *socket;

		if (!mount->is_seen) {
			object(asking,
			       text("It mounts %s%s%s, of which cannot be seen whether it holds an engine’s socket.",
				    mount->source, into, mount->target),
			       text("Leave out the mount of %s.", mount->source),
			       text("Leave out the mount at %s and its hostPath volume.", mount->target));
			continue;
		}
		socket = first_meeting(mount, &sockets, &path);
		if (socket)
			object(asking,
			       text("It mounts %s%s%s, which gives it %s: whoever has that rules the host.",
				    mount->source, into, mount->target, socket),
			       text("Leave out the mount of %s; give single folders that hold no engine’s socket.",
				    mount->source),
			       text("Leave out the mount at %s and its hostPath volume; give single folders that hold no "
				    "engine’s socket.",
				    mount->target));
	}
	path_list_free(&sockets);
}

static void object_to_mount(struct asking *asking, const struct host_mount *mount, const struct path_list *deny)
{
	const char *into = mount->target[0] ? " into " : "", *path, *folder;
	bool is_same, holds;
	char *message;

	if (!mount->is_seen) {
		message = text("It mounts %s%s%s, of which cannot be seen where it leads.", mount->source, into,
			       mount->target);
	} else {
		folder = first_meeting(mount, deny, &path);
		if (!folder)
			return;
		is_same = strcmp(path, mount->source) == 0;
		holds = strcmp(folder, path) != 0 && holds_path(path, folder);
		message = text("It mounts %s%s%s%s%s%s; %s%s%s the rule denies.", mount->source, into, mount->target,
			       is_same ? "" : ", which is ", is_same ? "" : path, is_same ? "" : " on the host",
			       holds ? "that holds " : "", folder, holds ? ", which" : " is what");
	}
	object(asking, message,
	       text("Leave out the mount of %s, use a volume, or take the folder out of the rule.", mount->source),
	       text("Leave out the mount at %s and its hostPath volume, use an emptyDir or a persistentVolumeClaim, or take "
		    "the folder out of the rule.",
		    mount->target));
}

static void object_to_disk(struct asking *asking, const struct host_device *device)
{
	char numbers[DEVICE_BYTES];
	const char *name = device->path ? device->path : numbers;

	print_device(device, numbers);
	object(asking, text("The device %s is open to it, and a disk or memory of the host holds every folder.", name),
	       text("Leave out --device and device rules for %s; mount a volume.", name),
	       text("Ask for no resource that brings %s; use a persistentVolumeClaim.", name));
}

static void object_to_device(struct asking *asking, const struct host_device *device, const struct path_list *deny)
{
	const char *folder = device->path ? meeting(deny, device->path) : NULL;

	if (folder)
		object(asking, text("It is given the device %s; the rule denies %s.", device->path, folder),
		       text("Leave out --device %s, or take the folder out of the rule.", device->path),
		       text("Ask for no resource that brings %s, or take the folder out of the rule.", device->path));
}

static void object_to_devices(struct asking *asking, const struct path_list *deny)
{
	const struct settings *settings = asking->settings;

	if (settings->every_device)
		object(asking,
		       text("Every device is open to it, the host’s disks among them, so it reaches every folder of the host."),
		       text("Leave out --privileged and rules for all devices; give single devices with --device."),
		       text("Set securityContext.privileged: false; give single devices by a device plugin."));
	for (size_t at = 0; at < settings->device_count; at++)
		if (is_disk(&settings->devices[at]))
			object_to_disk(asking, &settings->devices[at]);
	for (size_t at = 0; at < settings->device_count; at++)
		if (!is_disk(&settings->devices[at]))
			object_to_device(asking, &settings->devices[at], deny);
}

void host_paths(struct asking *asking)
{
	const struct settings *settings = asking->settings;
	const json_t *one;
	struct path_list deny = {};
	char plain[PATH_MAX];
	size_t at;

	json_array_foreach(json_object_get(asking->rule, "deny"), at, one)
	{
		plain_path(json_string_value(one), plain);
		path_list_add(&deny, plain);
	}
	if (settings->has_many_mounts)
		object_to_many_mounts(asking);
	if (settings->has_many_devices)
		object_to_many_devices(asking);
	for (at = 0; at < settings->mount_count; at++)
		object_to_mount(asking, &settings->mounts[at], &deny);
	object_to_devices(asking, &deny);
	path_list_free(&deny);
}
