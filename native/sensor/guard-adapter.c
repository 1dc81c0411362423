#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "guard-adapter.h"
#include "log.h"
#include "watchdog.h"

#define FIRST_BUDGET_MS 200
#define PATH_LENGTH 4096

/* File systems that hold no programs of anybody's. */
static const char *const passed_over[] = { "proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "securityfs", "debugfs", "tracefs", "bpf" };

static bool mark(struct marker *marker, uint64_t cgroup, const char *merged)
{
	struct guard_adapter *adapter = (struct guard_adapter *)marker;
	int failed = guard_mark(adapter->guard, merged, cgroup);

	if (failed)
		log_line("%s is not marked: %s", merged, strerror(-failed));
	return failed == 0;
}

static bool is_passed_over(const char *kind)
{
	size_t i;

	for (i = 0; i < sizeof(passed_over) / sizeof(passed_over[0]); i++)
		if (!strcmp(passed_over[i], kind))
			return true;
	return false;
}

/* Undoes the octal escapes of mountinfo. */
static void unescape(char *path)
{
	char *to = path;
	unsigned byte;

	for (; *path; path++) {
		if (*path == '\\' && sscanf(path + 1, "%3o", &byte) == 1) {
			*to++ = byte;
			path += 3;
		} else {
			*to++ = *path;
		}
	}
	*to = 0;
}

/* A process of the cgroup whose root is still another's is of the runtime that makes the container. */
static bool stands_in(const char *merged, uint32_t pid)
{
	struct stat container, process;
	char root[64];

	snprintf(root, sizeof(root), "/proc/%u/root/", pid);
	return stat(merged, &container) == 0 && stat(root, &process) == 0 && container.st_dev == process.st_dev &&
	       container.st_ino == process.st_ino;
}

/* Marks volumes and tmpfs: every mount of the process but its root. */
static bool mark_mounts(struct marker *marker, uint64_t cgroup, const char *merged, uint32_t pid)
{
	struct guard_adapter *adapter = (struct guard_adapter *)marker;
	char line[PATH_LENGTH], place[PATH_LENGTH - 64], path[PATH_LENGTH], kind[64];
	struct stat about;
	FILE *mounts;

	if (!stands_in(merged, pid))
		return false;
	snprintf(path, sizeof(path), "/proc/%u/mountinfo", pid);
	mounts = fopen(path, "re");
	while (mounts && fgets(line, sizeof(line), mounts)) {
		const char *after = strstr(line, " - ");

		if (!after || sscanf(line, "%*s %*s %*s %*s %4031s", place) != 1 || sscanf(after, " - %63s", kind) != 1)
			continue;
		if (!strcmp(place, "/") || is_passed_over(kind))
			continue;
		unescape(place);
		snprintf(path, sizeof(path), "/proc/%u/root%s", pid, place);
		if (lstat(path, &about) == 0 && S_ISDIR(about.st_mode))
			guard_mark_mount(adapter->guard, path, cgroup);
	}
	if (mounts)
		fclose(mounts);
	return true;
}

static void unmark(struct marker *marker, uint64_t cgroup)
{
	guard_unmark(((struct guard_adapter *)marker)->guard, cgroup);
}

static void alive(void *context)
{
	(void)context;
	watchdog_beat();
}

void guard_adapter_open(struct guard_adapter *adapter)
{
	const struct guard_callbacks callbacks = {
		.knows_exec = knows_exec,
		.judge_exec = judge_exec,
		.judge_code = judge_code,
		.container_of = container_of_thread,
		.runs_code = runs_code,
		.tell = report_guarded,
		.alive = alive,
		.ctx = adapter,
	};
	struct kernel *kernel = adapter->kernel;
	size_t used = strlen(kernel->missing);

	adapter->marker = (struct marker){ .mark = mark, .mark_mounts = mark_mounts, .unmark = unmark };
	adapter->guard = guard_open(&callbacks, FIRST_BUDGET_MS, &kernel->features);
	if (adapter->guard)
		adapter->containers->marker = &adapter->marker;
	else
		snprintf(kernel->missing + used, sizeof(kernel->missing) - used, "%sfanotify: %s", used ? "\n" : "", strerror(errno));
}

void guard_adapter_changed(void *context)
{
	struct guard_adapter *adapter = context;

	if (adapter->guard)
		guard_forget(adapter->guard);
}

void guard_adapter_budget(void *context, uint32_t budget_ms)
{
	struct guard_adapter *adapter = context;

	if (adapter->guard)
		guard_budget(adapter->guard, budget_ms);
}

void guard_adapter_count(void *context, struct wire_status *status)
{
	struct guard_adapter *adapter = context;
	struct guard_counts counts = {};

	if (!adapter->guard)
		return;
	guard_count(adapter->guard, &counts);
	status->permissions = counts.permissions;
	status->permissions_late = counts.late;
	status->permission_ns_total = counts.ns_total;
}
