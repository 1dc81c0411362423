#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arming.h"
#include "guard-adapter.h"
#include "guard-policy.h"
#include "guard-report.h"
#include "guard/mountinfo.h"
#include "log.h"
#include "watchdog.h"

#define FIRST_BUDGET_MS 200
#define MOUNTS_MAX 1024 /* of one process; each holds up whoever is armed next */

/* File systems that hold no programs of anybody's. */
static const char *const passed_over[] = { "proc",   "sysfs",      "cgroup",  "cgroup2", "devpts",
					   "mqueue", "securityfs", "debugfs", "tracefs", "bpf" };

int guard_adapter_mark(struct guard_adapter *adapter, uint64_t cgroup, const char *merged)
{
	int failed = adapter->guard ? guard_mark(adapter->guard, merged, cgroup) : -ENOSYS;

	if (failed && adapter->guard)
		log_line("%s is not marked: %s", merged, strerror(-failed));
	return failed;
}

static bool is_passed_over(const char *kind)
{
	size_t i;

	for (i = 0; i < sizeof(passed_over) / sizeof(passed_over[0]); i++)
		if (!strcmp(passed_over[i], kind))
			return true;
	return false;
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

/* A mount whose path is longer than the kernel takes cannot be marked: its files are judged when they run or are mapped. */
static void mark_mount(struct guard_adapter *adapter, uint64_t cgroup, uint32_t pid, const char *place)
{
	char path[PATH_MAX];
	struct stat about;

	if (snprintf(path, sizeof(path), "/proc/%u/root%s", pid, place) >= (int)sizeof(path))
		return;
	if (lstat(path, &about) == 0 && (S_ISDIR(about.st_mode) || S_ISREG(about.st_mode)))
		guard_mark_mount(adapter->guard, path, cgroup);
}

bool guard_adapter_mark_mounts(struct guard_adapter *adapter, uint64_t cgroup, const char *merged, uint32_t pid)
{
	char path[PATH_MAX], *line = NULL;
	struct mountinfo found;
	size_t size = 0;
	int count = 0;
	FILE *mounts;

	if (!adapter->guard || !stands_in(merged, pid))
		return false;
	snprintf(path, sizeof(path), "/proc/%u/mountinfo", pid);
	mounts = fopen(path, "re");
	while (mounts && count < MOUNTS_MAX && getline(&line, &size, mounts) > 0) {
		if (!mountinfo_parse(line, &found) || !strcmp(found.place, "/") || is_passed_over(found.kind))
			continue;
		mark_mount(adapter, cgroup, pid, found.place);
		count++;
	}
	if (count == MOUNTS_MAX)
		log_line("process %u has more than %d mounts: the others are not marked", pid, MOUNTS_MAX);
	free(line);
	if (mounts)
		fclose(mounts);
	return true;
}

void guard_adapter_unmark(struct guard_adapter *adapter, uint64_t cgroup)
{
	if (adapter->guard)
		guard_unmark(adapter->guard, cgroup);
	copies_leave(adapter->copies, cgroup);
}

static void watches(void *context, int watches)
{
	arming_guarded(((struct guard_adapter *)context)->containers, watches);
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
		.program_of = program_of_thread,
		.runs_code = runs_code,
		.report = report_guarded,
		.alive = alive,
		.watches = watches,
		.ctx = adapter,
	};
	struct kernel *kernel = adapter->kernel;
	size_t used = strlen(kernel->missing);

	adapter->guard = guard_open(&callbacks, FIRST_BUDGET_MS, &kernel->features);
	if (!adapter->guard)
		snprintf(kernel->missing + used, sizeof(kernel->missing) - used, "%sfanotify: %s", used ? "\n" : "",
			 strerror(errno));
}

static bool allows(const void *policy, const uint8_t *sha256)
{
	return policy && policy_has_digest(policy, sha256);
}

/* Copies stay while the policy of their container names their content. */
static void review_copies(struct guard_adapter *adapter)
{
	uint64_t cgroups[MAX_CONTAINERS];
	uint32_t count = copies_containers(adapter->copies, cgroups, MAX_CONTAINERS), i;

	for (i = 0; i < count; i++) {
		struct container_value value;

		if (!containers_policy(adapter->containers, cgroups[i], &value)) {
			copies_leave(adapter->copies, cgroups[i]);
			continue;
		}
		policies_read(adapter->policies);
		copies_review(adapter->copies, cgroups[i], allows, policies_find(adapter->policies, value.policy));
		policies_done(adapter->policies);
	}
}

void guard_adapter_changed(struct guard_adapter *adapter)
{
	review_copies(adapter);
	if (adapter->guard)
		guard_forget(adapter->guard);
}

void guard_adapter_budget(struct guard_adapter *adapter, uint32_t budget_ms)
{
	if (adapter->guard)
		guard_budget(adapter->guard, budget_ms);
}

void guard_adapter_count(struct guard_adapter *adapter, struct wire_status *status)
{
	struct guard_counts counts = {};

	if (!adapter->guard)
		return;
	guard_count(adapter->guard, &counts);
	status->permissions = counts.permissions;
	status->permissions_late = counts.late;
	status->permission_ns_total = counts.ns_total;
}
