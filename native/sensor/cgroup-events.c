/* Meets the containers that run when the sensor starts, then waits for events of cgroups on a thread of its own, so that no flood
 * of events delays arming. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/magic.h>

#include "cgroup-events.h"
#include "engine-files.h"
#include "log.h"
#include "urgent-thread.h"

#define MAX_DEPTH 8
#define REALTIME_PRIORITY 1
#define URGENT -20
#define SCOPE ".scope"
#define STRAY_MS 1000
#define PAUSE_US 100000
#define HANDLE_OF_KERNFS 0xfe /* FILEID_KERNFS */

/* What says that a cgroup is the engine's. */
enum trust {
	FIRST_PROCESS, /* the container's first process is in it */
	ONLY_NAME,     /* its name, when no container has that already */
};

static bool id_of(const char *name, char *id)
{
	size_t length = strlen(name);
	const char *from;

	if (length > strlen(SCOPE) && !strcmp(name + length - strlen(SCOPE), SCOPE))
		length -= strlen(SCOPE);
	if (length < WIRE_ID)
		return false;
	from = name + length - WIRE_ID;
	if ((from > name && from[-1] != '-') || strspn(from, "0123456789abcdef") < WIRE_ID)
		return false;
	memcpy(id, from, WIRE_ID);
	return true;
}

/* Takes in a container of the engine and marks its root; false when it is another engine's. */
static bool meet(struct cgroup_events *events, uint64_t cgroup, const struct container_value *value)
{
	struct engine_container engine;
	int mark_error;

	if (!engine_has(events->engine_root, value->id, &engine))
		return false;
	if (!containers_take_in(events->containers, cgroup, value, &engine))
		return true;
	engine_files_known(events->guard->copies, cgroup);
	/* Not under the containers' lock: whoever is asked by the guard meanwhile asks for it. */
	mark_error = engine.merged[0] ? guard_adapter_mark(events->guard, cgroup, engine.merged) : -ENOENT;
	containers_armed(events->containers, cgroup, mark_error, value->known == CONTAINER_OURS);
	return true;
}

static void born(struct cgroup_events *events, const struct cgroup_event *event)
{
	struct container_value value = { .born = event->time };

	memcpy(value.id, event->id, WIRE_ID);
	if (!meet(events, event->cgroup, &value))
		bpf_map_delete_elem(events->kernel->containers, &event->cgroup);
}

/* Marks what a process of the container has mounted; false when it does not stand in it. */
static bool mounted(struct cgroup_events *events, uint64_t cgroup, uint32_t pid)
{
	char merged[MERGED_BYTES];

	return containers_merged(events->containers, cgroup, merged) &&
	       guard_adapter_mark_mounts(events->guard, cgroup, merged, pid);
}

/* Marks what a process has mounted, and what it or another one of its namespace mounts later. */
static bool watch_mounts(struct cgroup_events *events, uint64_t cgroup, uint32_t pid)
{
	/* Watched first: what is mounted between both is seen by the next look. */
	bool stands;

	mount_watch_add(&events->mounts, cgroup, pid);
	stands = mounted(events, cgroup, pid);
	if (!stands)
		mount_watch_leave(&events->mounts, cgroup, pid);
	return stands;
}

static void mounted_later(void *context, uint64_t cgroup, uint32_t pid)
{
	mounted(context, cgroup, pid);
}

/* The engine's first process of it lives, and belongs to it still. */
static bool lives_on(const struct cgroup_events *events, uint64_t cgroup, const char *id)
{
	struct engine_container engine;
	uint64_t number = 0;
	int process;

	if (!engine_has(events->engine_root, id, &engine) || !engine.pid)
		return false;
	process = syscall(SYS_pidfd_open, engine.pid, 0);
	if (process < 0 || bpf_map_lookup_elem(events->kernel->members, &process, &number))
		number = 0;
	if (process >= 0)
		close(process);
	return number == cgroup;
}

static void forget_namespaces(const struct kernel *kernel, uint64_t cgroup)
{
	struct container_counts counts;

	if (bpf_map_lookup_elem(kernel->counts, &cgroup, &counts))
		return;
	bpf_map_delete_elem(kernel->namespaces, &counts.mounts);
	bpf_map_delete_elem(kernel->namespaces, &counts.pids);
}

static void died(struct cgroup_events *events, uint64_t cgroup, const char *id, uint64_t time)
{
	if (events->stray_count < MAX_CONTAINERS && lives_on(events, cgroup, id)) {
		struct stray *stray = &events->strays[events->stray_count++];

		stray->cgroup = cgroup;
		memcpy(stray->id, id, WIRE_ID);
		log_line("container %.12s runs on without its cgroup", id);
		return;
	}
	forget_namespaces(events->kernel, cgroup);
	mount_watch_drop(&events->mounts, cgroup);
	if (containers_gone(events->containers, cgroup, time))
		guard_adapter_unmark(events->guard, cgroup);
}

/* Ends what lived on without its cgroup, and lives no more. */
static void bury(struct cgroup_events *events)
{
	uint32_t at = events->stray_count;

	while (at-- > 0) {
		struct stray stray = events->strays[at];

		if (lives_on(events, stray.cgroup, stray.id))
			continue;
		events->strays[at] = events->strays[--events->stray_count];
		died(events, stray.cgroup, stray.id, boot_now());
	}
}

/* Whether the hierarchy has the cgroup still. */
static bool is_there(const struct cgroup_events *events, uint64_t cgroup)
{
	char room[sizeof(struct file_handle) + sizeof(cgroup)];
	struct file_handle *handle = (struct file_handle *)room;
	int root = open(events->cgroup_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), found;

	if (root < 0)
		return true;
	handle->handle_bytes = sizeof(cgroup);
	handle->handle_type = HANDLE_OF_KERNFS;
	memcpy(handle->f_handle, &cgroup, sizeof(cgroup));
	found = open_by_handle_at(root, handle, O_PATH | O_CLOEXEC);
	close(root);
	if (found >= 0)
		close(found);
	return found >= 0 || errno != ESTALE;
}

static void drain(struct cgroup_events *events)
{
	const struct cgroup_event *event;
	uint32_t length;

	while ((event = ring_peek(&events->ring, &length))) {
		if (event->kind == CGROUP_EVENT_MADE)
			born(events, event);
		else if (event->kind == CGROUP_EVENT_RUNS || event->kind == CGROUP_EVENT_MOUNTS)
			watch_mounts(events, event->cgroup, event->pid);
		else
			died(events, event->cgroup, event->id, event->time);
		ring_release(&events->ring, ring_pass(&events->ring));
	}
}

/* Of the overlay that is mounted there; 0 where none is, as in another mount namespace: the folder below is not it. */
static uint32_t device_of(const char *merged)
{
	struct statfs kind;
	struct stat about;

	if (!merged[0] || statfs(merged, &kind) || kind.f_type != OVERLAYFS_SUPER_MAGIC || stat(merged, &about))
		return 0;
	return (uint32_t)major(about.st_dev) << 20 | minor(about.st_dev);
}

/* Where a process is in the hierarchy, written to `path` (PATH_MAX); false when it cannot be read. */
static bool cgroup_of(uint32_t pid, char *path)
{
	char name[64], line[PATH_MAX];
	bool found = false;
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%u/cgroup", pid);
	file = fopen(name, "re");
	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "0::%4095[^\n]", path) == 1;
	if (file)
		fclose(file);
	return found;
}

/* A container can make a cgroup with any name. The engine's own is where the engine's first process of it is. */
static bool holds_first_process(const struct cgroup_events *events, const char *folder,
				const struct engine_container *engine)
{
	const char *place = folder + strlen(events->cgroup_root);
	char path[PATH_MAX];

	if (!engine->pid || !cgroup_of(engine->pid, path) || strncmp(path, place, strlen(place)))
		return false;
	return path[strlen(place)] == '\0' || path[strlen(place)] == '/';
}

/* A container that was there before: whoever made its cgroup after the programs were attached is reported by its event. */
static void found(struct cgroup_events *events, uint64_t cgroup, const char *folder, enum trust trust)
{
	struct container_value value = { .born = boot_now(), .found = 1 };
	struct engine_container engine;

	if (!bpf_map_lookup_elem(events->kernel->containers, &cgroup, &value) ||
	    !id_of(strrchr(folder, '/') + 1, value.id) || !engine_has(events->engine_root, value.id, &engine))
		return;
	if (trust == FIRST_PROCESS ? !holds_first_process(events, folder, &engine)
				   : containers_has_id(events->containers, value.id))
		return;
	value.root_device = device_of(engine.merged);
	meet(events, cgroup, &value);
}

/* The mounts of a container that runs, as one of its processes has them. */
static void mounted_before(struct cgroup_events *events, uint64_t cgroup, const char *path)
{
	char procs[PATH_MAX + 16];
	unsigned pid;
	FILE *file;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	file = fopen(procs, "re");
	while (file && fscanf(file, "%u", &pid) == 1 && !watch_mounts(events, cgroup, pid))
		;
	if (file)
		fclose(file);
}

static void walk(struct cgroup_events *events, const char *path, int depth, enum trust trust)
{
	DIR *folder = depth < MAX_DEPTH ? opendir(path) : NULL;
	char below[PATH_MAX], id[WIRE_ID];
	struct dirent *entry;
	struct stat about;

	while (folder && (entry = readdir(folder))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (!id_of(entry->d_name, id)) {
			walk(events, below, depth + 1, trust);
		} else if (stat(below, &about) == 0) {
			found(events, about.st_ino, below, trust);
			mounted_before(events, about.st_ino, below);
		}
	}
	if (folder)
		closedir(folder);
}

/* Containers that a sensor before this one had armed: those that are there still are armed again. */
static void resume(struct cgroup_events *events)
{
	uint64_t keys[MAX_CONTAINERS], key, *last = NULL;
	struct container_value value;
	uint32_t count = 0, i;

	while (count < MAX_CONTAINERS && !bpf_map_get_next_key(events->kernel->containers, last, &key)) {
		keys[count++] = key;
		last = &keys[count - 1];
	}
	for (i = 0; i < count; i++) {
		if (bpf_map_lookup_elem(events->kernel->containers, &keys[i], &value) || value.known != CONTAINER_OURS)
			continue;
		meet(events, keys[i], &value);
		if (!is_there(events, keys[i]))
			died(events, keys[i], value.id, boot_now());
	}
}

static void *wait_for_events(void *given)
{
	struct cgroup_events *events = given;
	int later = -1;

	urgent_thread(REALTIME_PRIORITY, URGENT);
	for (;;) {
		uint32_t count = 1 + mount_watch_fill(&events->mounts, events->ready + 1);

		events->ready[0] = (struct pollfd){ .fd = events->ring.fd, .events = POLLIN };
		if (poll(events->ready, count, shorter_timeout(events->stray_count ? STRAY_MS : -1, later)) < 0 &&
		    errno != EINTR) { /* no memory, for now: events are read all the same */
			log_line("no wait for events of cgroups: %s", strerror(errno));
			usleep(PAUSE_US);
		}
		mount_watch_note(&events->mounts, events->ready + 1);
		drain(events);
		later = mount_watch_go_on(&events->mounts, mounted_later, events);
		bury(events);
	}
	return NULL;
}

int cgroup_events_open(struct cgroup_events *events)
{
	if (ring_open(&events->ring, events->kernel->cgroup_events)) {
		log_line("ring of cgroup events: %s", strerror(errno));
		return -1;
	}
	engine_files_open();
	resume(events);
	drain(events);
	walk(events, events->cgroup_root, 0, FIRST_PROCESS);
	walk(events, events->cgroup_root, 0, ONLY_NAME);
	kernel_take_in_processes(events->kernel);
	if (pthread_create(&events->thread, NULL, wait_for_events, events)) {
		log_line("no thread for cgroup events: %s", strerror(errno));
		return -1;
	}
	return 0;
}
