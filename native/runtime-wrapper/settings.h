/* What a container gets of its host by its OCI spec: `ContainerSettings` of src/inventory/settings. */
#ifndef SEAWALL_SETTINGS_H
#define SEAWALL_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "mount-table.h"

#define MOST_MOUNTS 256
#define MOST_DEVICES 256
#define NAMESPACES 6
#define DEVICE_BYTES 96

/* What the agent prepared: folder of the engine's data, sockets that rule the host, the kernel's file systems. */
struct host_view {
	const json_t *json;
	const json_t *kernel;
	char *engine_root; /* links followed */
	struct path_list sockets;
};

enum sharing {
	SHARES_NOTHING,
	SHARES_HOST,
	SHARES_UNSEEN, /* one of which nobody can tell whether it is the host's */
};

enum seccomp {
	SECCOMP_ON,
	SECCOMP_OPEN, /* a profile that allows what it does not name */
	SECCOMP_OFF,
};

struct host_mount {
	const char *source; /* the spec's */
	const char *target;
	bool is_seen;
	struct path_list places; /* plain, sorted */
};

struct host_device {
	bool is_block;
	long long major, minor; /* -1: all */
	bool has_major, has_minor;
	char *path; /* NULL: the host does not know it */
};

struct settings {
	bool every_device;
	enum sharing namespaces[NAMESPACES];
	bool has_own_cgroups;          /* a new namespace of them */
	struct path_list capabilities; /* beyond the usual ones, sorted */
	struct host_mount *mounts;
	size_t mount_count;
	bool has_many_mounts; /* more than are judged, so that nothing of them is known */
	struct host_device *devices;
	size_t device_count;
	bool has_many_devices;
	enum seccomp seccomp;
	bool has_open_system_paths;
	const struct path_list *sockets;
};

extern const char *const namespace_names[NAMESPACES];

/* `json`: `host` of the ledger's settings. False: it says less than is needed. */
bool open_host_view(struct host_view *view, const json_t *json);
void close_host_view(struct host_view *view);

/* A text of an object; empty where it is absent or null. */
const char *text_of(const json_t *object, const char *key);

/* `cap_sys_admin` → `SYS_ADMIN`; to be freed. */
char *capability_name(const char *word);

/* By bytes. */
void sort_paths(struct path_list *list);

#endif
