#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../urgent-thread.h"
#include "calm.h"
#include "code-hook.h"
#include "exec-hook.h"
#include "settle.h"
#include "watch.h"
#include "written-hook.h"

/* The kernel opens the file for us with these: it must neither wait for the other end of a pipe, nor need a right that
 * a sensor may have dropped, for it refuses who asks when it cannot. */
#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_LARGEFILE)
#define REALTIME_PRIORITY 1
#define NICE (-15) /* where realtime is not allowed */

static bool is_own(uint32_t thread)
{
	return syscall(SYS_tgkill, getpid(), thread, 0) == 0;
}

static bool locate(struct guard_watch *watch, struct guard_question *question)
{
	return statx(question->file, "", AT_EMPTY_PATH, PROCESS_STATX, &question->status) == 0 &&
	       mounts_find(watch->guard->mounts, &question->status, question->thread, &question->mount);
}

static bool ask(struct guard_watch *watch, struct guard_question *question)
{
	if (!question->undecided && !locate(watch, question))
		return false;
	if (question->mask & FAN_OPEN_EXEC_PERM)
		return guard_exec_hook(watch, question);
	return guard_code_hook(watch, question);
}

/* What cannot be told now is asked again, and in the end judged as what is not the image's. */
static void ask_until_known(struct guard_watch *watch, struct guard_question *question)
{
	if (!ask(watch, question) && !request_ask_again(watch, question, ask))
		request_decide(watch, question, ask);
}

/* Takes over the event's file. */
static void handle(struct guard_watch *watch, const struct fanotify_event_metadata *event)
{
	struct guard_question question = { .file = event->fd, .thread = (uint32_t)event->pid, .mask = event->mask };
	bool asks = (event->mask & GUARD_QUESTIONS) != 0;

	if (event->fd < 0) /* overflow of what was written: those writers are not known */
		return;
	if (asks && !is_own(question.thread)) {
		ask_until_known(watch, &question);
		return;
	}
	if (asks)
		guard_reply(watch, event->fd, true);
	else if (!is_own(question.thread) && locate(watch, &question))
		guard_written_hook(watch, &question);
	close(event->fd);
}

/* Reads what there is. False when there was nothing. */
static bool read_events(struct guard_watch *watch, int group)
{
	struct fanotify_event_metadata events[64];
	struct fanotify_event_metadata *event = events;
	ssize_t length = read(group, events, sizeof(events));
	uint64_t started = steady_now();

	if (length <= 0)
		return false;
	for (; FAN_EVENT_OK(event, length); event = FAN_EVENT_NEXT(event, length)) {
		handle(watch, event);
		/* Each is answered in its turn, however long those before it took: only a thread that hangs is given up. */
		__atomic_store_n(&watch->busy_since, steady_now(), __ATOMIC_RELEASE);
	}
	if (group == watch->group)
		__atomic_fetch_add(&watch->guard->counts.ns_total, steady_now() - started, __ATOMIC_RELAXED);
	return true;
}

static void watch_free(struct guard_watch *watch)
{
	if (watch->hasher != NULL)
		hasher_close(watch->hasher);
	requests_drop(watch);
	if (watch->writers != NULL)
		writers_close(watch->writers);
	if (watch->calm != NULL)
		calm_close(watch->calm);
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

	urgent_thread(REALTIME_PRIORITY, NICE);
	while (goes_on(watch)) {
		struct pollfd from[3] = { { watch->group, POLLIN, 0 },
					  { watch->wake, POLLIN, 0 },
					  { watch->notify, POLLIN, 0 } };
		uint64_t woken;

		poll(from, 3, timeout);
		__atomic_store_n(&watch->busy_since, steady_now(), __ATOMIC_RELEASE);
		if (from[1].revents != 0 && read(watch->wake, &woken, sizeof(woken)) < 0 && errno != EAGAIN)
			break;
		calm_sweep(watch);
		/* A flood of what was written does not keep those waiting who ask. */
		if (from[2].revents != 0)
			read_events(watch, watch->notify);
		if (from[0].revents != 0)
			read_events(watch, watch->group);
		timeout = shorter_timeout(requests_go_on(watch), calm_sweep(watch));
		__atomic_store_n(&watch->guard->counts.waiting, watch->waiting_count, __ATOMIC_RELAXED);
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
	watch->group = fanotify_init(FAN_CLASS_CONTENT | FAN_NONBLOCK | FAN_CLOEXEC | FAN_UNLIMITED_QUEUE |
					     FAN_UNLIMITED_MARKS | FAN_REPORT_TID,
				     OPEN_FLAGS);
	watch->notify = watch->group < 0 ? -1
					 : fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK | FAN_CLOEXEC | FAN_REPORT_TID,
							 OPEN_FLAGS);
	watch->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	watch->writers = writers_open();
	watch->calm = calm_open();
	watch->spare = request_spare();
	watch->hasher = watch->wake < 0 ? NULL : hasher_open(watch->wake);
	if (watch->group < 0 || watch->wake < 0 || watch->writers == NULL || watch->calm == NULL ||
	    watch->spare == NULL) {
		error = errno;
		watch_free(watch);
		errno = error;
		return NULL;
	}
	mounts_each(guard->mounts, 0, watch_mark, &marking);
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

void watch_wake(struct guard_watch *watch)
{
	uint64_t one = 1;

	if (write(watch->wake, &one, sizeof(one)) < 0)
		return; /* it is woken already */
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
