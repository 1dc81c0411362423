#include "mount-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"

#define PAUSE_NS 500000000ULL /* between two looks at the same mounts */
#define NS_PER_MS 1000000ULL

static uint32_t watches_of(const struct mount_watch *watch, uint64_t cgroup)
{
	uint32_t found = 0, i;

	for (i = 0; i < watch->count; i++)
		found += watch->list[i].cgroup == cgroup;
	return found;
}

void mount_watch_add(struct mount_watch *watch, uint64_t cgroup, uint32_t pid)
{
	char path[64];
	int file;

	if (watch->count == MOUNT_WATCHES_MAX || watches_of(watch, cgroup) >= MOUNT_WATCHES_OF_ONE)
		return;
	snprintf(path, sizeof(path), "/proc/%u/mountinfo", pid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file >= 0)
		watch->list[watch->count++] = (struct mount_watched){ .cgroup = cgroup, .pid = pid, .file = file };
}

static void take_out(struct mount_watch *watch, uint32_t at)
{
	close(watch->list[at].file);
	watch->list[at] = watch->list[--watch->count];
}

void mount_watch_leave(struct mount_watch *watch, uint64_t cgroup, uint32_t pid)
{
	uint32_t at = watch->count;

	while (at-- > 0)
		if (watch->list[at].cgroup == cgroup && watch->list[at].pid == pid)
			take_out(watch, at);
}

void mount_watch_drop(struct mount_watch *watch, uint64_t cgroup)
{
	uint32_t at = watch->count;

	while (at-- > 0)
		if (watch->list[at].cgroup == cgroup)
			take_out(watch, at);
}

uint32_t mount_watch_fill(const struct mount_watch *watch, struct pollfd *ready)
{
	uint32_t i;

	for (i = 0; i < watch->count; i++)
		ready[i] = (struct pollfd){ .fd = watch->list[i].file, .events = POLLPRI };
	return watch->count;
}

void mount_watch_note(struct mount_watch *watch, const struct pollfd *ready)
{
	uint32_t i;

	for (i = 0; i < watch->count; i++)
		watch->list[i].changed |= ready[i].revents != 0;
}

int mount_watch_go_on(struct mount_watch *watch, mount_watch_look *look, void *ctx)
{
	uint64_t now = boot_now(), next = 0;
	uint32_t at;

	for (at = watch->count; at-- > 0;) {
		struct mount_watched *one = &watch->list[at];

		if (!one->changed)
			continue;
		if (kill(one->pid, 0) && errno == ESRCH) { /* nobody else is known to have these mounts */
			take_out(watch, at);
		} else if (now >= one->looked + PAUSE_NS) {
			one->changed = false;
			one->looked = now;
			look(ctx, one->cgroup, one->pid);
		} else if (!next || one->looked + PAUSE_NS < next) {
			next = one->looked + PAUSE_NS;
		}
	}
	return next ? (int)((next - now) / NS_PER_MS) + 1 : -1;
}
