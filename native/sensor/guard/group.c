#include "group.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "held-call.h"
#include "origin.h"

void guard_report_loss(struct guard *guard, uint64_t cgroup, uint64_t count)
{
	struct guard_event event = { .kind = GUARD_EVENT_LOSS, .time = boot_now(), .cgroup = cgroup, .count = count };

	__atomic_fetch_add(&guard->counts.late, count, __ATOMIC_RELAXED);
	guard->cb.report(guard->cb.ctx, &event);
}

void guard_reply(struct guard_watch *watch, int file, bool allow)
{
	struct fanotify_response response = { .fd = file, .response = allow ? FAN_ALLOW : FAN_DENY };

	if (write(watch->group, &response, sizeof(response)) == (ssize_t)sizeof(response))
		__atomic_fetch_add(&watch->guard->counts.permissions, 1, __ATOMIC_RELAXED);
}

void guard_ignore(struct guard_watch *watch, int file, uint64_t mask)
{
	fanotify_mark(watch->group, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | FAN_MARK_EVICTABLE, mask, file, NULL);
}

void guard_heed(struct guard_watch *watch, int file, uint64_t mask)
{
	fanotify_mark(watch->group, FAN_MARK_REMOVE | FAN_MARK_IGNORED_MASK, mask, file, NULL);
}

/* What the kernel puts behind the path of a file that was removed. */
static size_t without_mark(char *path, size_t length)
{
	static const char deleted[] = " (deleted)";
	size_t mark = sizeof(deleted) - 1;

	if (length > mark && memcmp(path + length - mark, deleted, mark) == 0)
		length -= mark;
	path[length] = '\0';
	return length;
}

size_t guard_path(const struct guard_question *question, char *path, size_t size)
{
	char name[64];
	ssize_t length;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", question->file);
	length = readlink(name, path, size - 1);
	if (length < 0)
		length = 0;
	path[length] = '\0';
	return question->status.stx_nlink == 0 ? without_mark(path, (size_t)length) : (size_t)length;
}

/* An overlay shows a copy by the number of the image's file: the kernel's programs know its own. What is older than the
 * container is none. */
struct wire_file guard_identity(struct guard_watch *watch, const struct guard_question *question)
{
	struct guard_mounts *mounts = watch->guard->mounts;
	struct wire_file identity = mounts_identity(mounts, &question->mount, &question->status);

	if (question->mount.overlay && !question->undecided && question->status.stx_nlink > 0 &&
	    mounts_likely_origin(mounts, &question->mount, &question->status) != WIRE_ORIGIN_IMAGE)
		held_file_identity(question->file, &identity);
	return identity;
}

uint32_t guard_writing_flags(uint8_t origin, uint8_t session)
{
	return (origin == WIRE_ORIGIN_IMAGE ? 0 : WRITTEN_FOREIGN) |
	       (session == WIRE_SESSION_EXEC ? WRITTEN_OUTSIDE : 0);
}

bool guard_program_of(struct guard_watch *watch, uint32_t thread, struct guard_program *program)
{
	const struct guard_callbacks *cb = &watch->guard->cb;
	struct guard_mounts *mounts = watch->guard->mounts;
	struct guard_mount mount = {};
	struct statx status;
	size_t length;

	if (cb->program_of != NULL && cb->program_of(cb->ctx, thread, program) == 1)
		return true;
	*program = (struct guard_program){ .origin = WIRE_ORIGIN_HOST };
	length = process_program(thread, program->path, sizeof(program->path));
	if (strncmp(program->path, "/memfd:", 7) == 0)
		program->origin = WIRE_ORIGIN_MEMORY;
	if (!process_program_file(thread, &status))
		return false;
	if (status.stx_nlink == 0)
		without_mark(program->path, length);
	if (mounts_find(mounts, &status, thread, &mount))
		program->origin = mounts_likely_origin(mounts, &mount, &status);
	program->file = mounts_identity(mounts, &mount, &status);
	return length > 0;
}
