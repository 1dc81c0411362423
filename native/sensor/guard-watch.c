#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "guard-inner.h"

/* The kernel opens the file for us with these: it must neither wait for the other end of a pipe, nor need a right that
 * a sensor may have dropped, for it refuses who asks when it cannot. */
#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_LARGEFILE)
#define NICE (-15)

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

size_t guard_path(struct guard_watch *watch, const struct guard_question *question, char *path, size_t size)
{
	static const char deleted[] = " (deleted)";
	char name[64];
	ssize_t length;

	(void)watch;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", question->file);
	length = readlink(name, path, size - 1);
	if (length < 0)
		length = 0;
	if (question->status.stx_nlink == 0 && length > (ssize_t)sizeof(deleted) &&
	    memcmp(path + length - (sizeof(deleted) - 1), deleted, sizeof(deleted) - 1) == 0)
		length -= (ssize_t)sizeof(deleted) - 1;
	path[length] = '\0';
	return (size_t)length;
}

void guard_describe(struct guard_watch *watch, struct guard_case *matter, uint32_t thread, struct guard_process *process)
{
	struct guard_places *places = watch->guard->places;
	struct guard_place place;
	struct statx file;
	char path[PATH_MAX];
	size_t length = process_program(thread, path, sizeof(path));

	process->thread = thread;
	process->pid = process_of(thread);
	process->path = case_text(matter, path, length);
	process->origin = strncmp(path, "/memfd:", 7) == 0 ? WIRE_ORIGIN_MEMORY : WIRE_ORIGIN_HOST;
	if (!process_program_file(thread, &file))
		return;
	if (places_find(places, &file, thread, &place)) {
		process->file = places_identity(places, &place, &file);
		process->origin = places_likely_origin(places, &place, &file);
	} else {
		place = (struct guard_place){ .device = 0 };
		process->file = places_identity(places, &place, &file);
	}
}

static bool is_own(uint32_t thread)
{
	return syscall(SYS_tgkill, getpid(), thread, 0) == 0;
}

/* Takes over the event's file. */
static void handle(struct guard_watch *watch, const struct fanotify_event_metadata *event, bool late)
{
	struct guard_question question = { .file = event->fd, .thread = (uint32_t)event->pid };
	bool asks = (event->mask & GUARD_QUESTIONS) != 0;

	if (event->fd < 0) /* overflow of what was written: those writers are not known */
		return;
	if (late || is_own(question.thread) || statx(event->fd, "", AT_EMPTY_PATH, PROCESS_STATX, &question.status) != 0 ||
	    !places_find(watch->guard->places, &question.status, question.thread, &question.place)) {
		if (asks)
			guard_reply(watch, event->fd, true);
		close(event->fd);
		return;
	}
	if (event->mask & FAN_OPEN_EXEC_PERM) {
		guard_ask_exec(watch, &question);
	} else if (asks) {
		guard_ask_code(watch, &question);
	} else {
		guard_note_written(watch, &question);
		close(event->fd);
	}
}

/* Reads what there is. False when there was nothing. */
static bool read_events(struct guard_watch *watch, int group)
{
	struct fanotify_event_metadata events[64];
	struct fanotify_event_metadata *event = events;
	ssize_t length = read(group, events, sizeof(events));
	uint64_t started = guard_now();
	uint64_t budget = __atomic_load_n(&watch->guard->budget, __ATOMIC_RELAXED);
	uint64_t late = 0;
	uint64_t ended = started;

	if (length <= 0)
		return false;
	for (; FAN_EVENT_OK(event, length); event = FAN_EVENT_NEXT(event, length)) {
		bool over = ended - started > budget;

		late += over;
		handle(watch, event, over);
		ended = guard_now();
		if (group == watch->group)
			__atomic_fetch_add(&watch->guard->counts.ns_total, ended - started, __ATOMIC_RELAXED);
	}
	if (late > 0)
		guard_tell_loss(watch->guard, 0, late);
	return true;
}

static void watch_free(struct guard_watch *watch)
{
	if (watch->hasher != NULL)
		hasher_close(watch->hasher);
	cases_drop(watch);
	if (watch->writers != NULL)
		writers_close(watch->writers);
	if (watch->group >= 0)
		close(watch->group);
	if (watch->notify >= 0)
		close(watch->notify);
	if (watch->wake >= 0)
		close(watch->wake);
	free(watch);
}

static bool goes_on(struct guard_watch *watch)
{
	return !__atomic_load_n(&watch->stop, __ATOMIC_ACQUIRE) && !__atomic_load_n(&watch->given_up, __ATOMIC_ACQUIRE);
}

static void *watch_run(void *argument)
{
	struct guard_watch *watch = argument;
	int timeout = -1;

	/* Who asks waits for this thread: on a busy host it goes before what asks. */
	setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);

	while (goes_on(watch)) {
		struct pollfd from[3] = { { watch->group, POLLIN, 0 }, { watch->wake, POLLIN, 0 }, { watch->notify, POLLIN, 0 } };
		uint64_t woken;

		poll(from, 3, timeout);
		__atomic_store_n(&watch->busy_since, guard_now(), __ATOMIC_RELEASE);
		if (from[1].revents != 0 && read(watch->wake, &woken, sizeof(woken)) < 0 && errno != EAGAIN)
			break;
		/* A flood of what was written does not keep those waiting who ask. */
		if (from[2].revents != 0)
			read_events(watch, watch->notify);
		if (from[0].revents != 0)
			read_events(watch, watch->group);
		timeout = cases_go_on(watch);
		__atomic_store_n(&watch->guard->counts.waiting, watch->cases, __ATOMIC_RELAXED);
		__atomic_store_n(&watch->busy_since, 0, __ATOMIC_RELEASE);
	}
	if (__atomic_load_n(&watch->given_up, __ATOMIC_ACQUIRE))
		watch_free(watch); /* nobody waits for this thread */
	return NULL;
}

void watch_mark(void *ctx, const char *path, bool overlay)
{
	struct guard_marking *marking = ctx;
	const struct guard_watch *watch = marking->watch;
	unsigned kind = marking->action | (overlay ? FAN_MARK_FILESYSTEM : FAN_MARK_MOUNT);

	if (fanotify_mark(watch->group, kind, GUARD_QUESTIONS, AT_FDCWD, path) != 0)
		marking->error = -errno;
	if (watch->notify >= 0)
		fanotify_mark(watch->notify, kind, FAN_CLOSE_WRITE, AT_FDCWD, path);
}

struct guard_watch *watch_new(struct guard *guard)
{
	struct guard_watch *watch = calloc(1, sizeof(*watch));
	struct guard_marking marking = { .watch = watch, .action = FAN_MARK_ADD };
	int error;

	if (watch == NULL)
		return NULL;
	watch->guard = guard;
	/* Questions have no limit: beyond one the kernel lets through. Each holds a thread, which is limit enough. */
	watch->group = fanotify_init(FAN_CLASS_CONTENT | FAN_NONBLOCK | FAN_CLOEXEC | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS |
					     FAN_REPORT_TID, OPEN_FLAGS);
	watch->notify = watch->group < 0 ? -1 : fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK | FAN_CLOEXEC | FAN_REPORT_TID, OPEN_FLAGS);
	watch->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	watch->writers = writers_open();
	watch->hasher = watch->wake < 0 ? NULL : hasher_open(watch->wake);
	if (watch->group < 0 || watch->wake < 0 || watch->writers == NULL) {
		error = errno;
		watch_free(watch);
		errno = error;
		return NULL;
	}
	places_each(guard->places, 0, watch_mark, &marking);
	if (pthread_create(&watch->thread, NULL, watch_run, watch) != 0) {
		watch_free(watch);
		errno = EAGAIN;
		return NULL;
	}
	return watch;
}

/* The number of the group stays taken: the thread that hangs may still answer, and must not answer for another file. */
void watch_disarm(struct guard_watch *watch)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing >= 0) {
		dup3(nothing, watch->group, O_CLOEXEC);
		close(nothing);
	}
	pthread_detach(watch->thread);
	__atomic_store_n(&watch->given_up, true, __ATOMIC_RELEASE);
}

bool watch_end(struct guard_watch *watch)
{
	struct timespec until;
	uint64_t one = 1;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 2;
	__atomic_store_n(&watch->stop, true, __ATOMIC_RELEASE);
	if (write(watch->wake, &one, sizeof(one)) < 0 || pthread_timedjoin_np(watch->thread, NULL, &until) != 0) {
		watch_disarm(watch);
		return false;
	}
	watch_free(watch);
	return true;
}
