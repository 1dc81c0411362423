#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "group.h"
#include "held-call.h"
#include "watch.h"

#define DEADMAN_FACTOR 5 /* budgets until a hanging thread is given up */

static bool hangs(struct guard *guard)
{
	uint64_t since = __atomic_load_n(&guard->watch->busy_since, __ATOMIC_ACQUIRE);
	uint64_t now = steady_now();

	return since != 0 && now > since &&
	       now - since > DEADMAN_FACTOR * __atomic_load_n(&guard->budget, __ATOMIC_RELAXED);
}

static void say_watches(struct guard *guard, int watches)
{
	if (guard->cb.watches != NULL)
		guard->cb.watches(guard->cb.ctx, watches);
}

static void *deadman_run(void *argument)
{
	struct guard *guard = argument;

	pthread_mutex_lock(&guard->lock);
	while (!guard->stop) {
		uint64_t until = steady_now() + __atomic_load_n(&guard->budget, __ATOMIC_RELAXED);
		struct timespec time = { (time_t)(until / 1000000000u), (long)(until % 1000000000u) };

		pthread_cond_timedwait(&guard->changed, &guard->lock, &time);
		if (guard->stop)
			break;
		if (guard->cb.alive != NULL)
			guard->cb.alive(guard->cb.ctx);
		if (guard->watch != NULL && !hangs(guard))
			continue;
		if (guard->watch != NULL) {
			watch_disarm(guard->watch);
			guard->gave_up = true;
			guard_report_loss(guard, 0, 1);
			say_watches(guard, 0);
		}
		guard->watch = watch_new(guard);
		if (guard->watch != NULL)
			say_watches(guard, 1);
	}
	pthread_mutex_unlock(&guard->lock);
	return NULL;
}

/* Each question is an open file until it is answered; the kernel refuses who asks when there is no number left. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

struct guard *guard_open(const struct guard_callbacks *cb, unsigned budget_ms, uint32_t *features)
{
	struct guard *guard = calloc(1, sizeof(*guard));
	pthread_condattr_t steady;

	int error = held_call_open();

	if (guard == NULL || error != 0) {
		free(guard);
		errno = error != 0 ? -error : ENOMEM;
		return NULL;
	}
	raise_limit();
	guard->cb = *cb;
	guard_budget(guard, budget_ms);
	pthread_mutex_init(&guard->lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC); /* the deadman looks, whoever sets the time */
	pthread_cond_init(&guard->changed, &steady);
	pthread_condattr_destroy(&steady);
	guard->mounts = mounts_open();
	guard->watch = guard->mounts == NULL ? NULL : watch_new(guard);
	if (guard->watch == NULL || pthread_create(&guard->deadman, NULL, deadman_run, guard) != 0) {
		error = errno;
		if (guard->watch != NULL)
			watch_disarm(guard->watch);
		else if (guard->mounts != NULL)
			mounts_close(guard->mounts);
		errno = error;
		return NULL; /* the watch may still look at `guard` */
	}
	*features |= WIRE_FEATURE_EXEC_FANOTIFY | WIRE_FEATURE_CODE_FANOTIFY;
	return guard;
}

void guard_budget(struct guard *guard, unsigned budget_ms)
{
	__atomic_store_n(&guard->budget, (budget_ms == 0 ? 200 : budget_ms) * GUARD_MILLISECOND, __ATOMIC_RELAXED);
}

static int mark(struct guard *guard, const char *path, uint64_t cgroup, bool overlay)
{
	struct guard_marking marking = { .action = FAN_MARK_ADD, .error = -EAGAIN };
	int error = mounts_add(guard->mounts, path, cgroup, overlay);

	if (error != 0)
		return error;
	pthread_mutex_lock(&guard->lock);
	marking.watch = guard->watch;
	if (guard->watch != NULL) {
		marking.error = 0;
		mounts_each(guard->mounts, cgroup, watch_mark, &marking);
		watch_wake(guard->watch);
	}
	pthread_mutex_unlock(&guard->lock);
	return marking.error;
}

int guard_mark(struct guard *guard, const char *merged, uint64_t cgroup)
{
	return mark(guard, merged, cgroup, true);
}

int guard_mark_mount(struct guard *guard, const char *path, uint64_t cgroup)
{
	return mark(guard, path, cgroup, false);
}

void guard_unmark(struct guard *guard, uint64_t cgroup)
{
	struct guard_marking marking = { .action = FAN_MARK_REMOVE };

	pthread_mutex_lock(&guard->lock);
	marking.watch = guard->watch;
	if (guard->watch != NULL)
		mounts_each(guard->mounts, cgroup, watch_mark, &marking);
	mounts_remove(guard->mounts, cgroup);
	if (guard->watch != NULL)
		watch_wake(guard->watch);
	pthread_mutex_unlock(&guard->lock);
}

void guard_forget(struct guard *guard)
{
	pthread_mutex_lock(&guard->lock);
	__atomic_fetch_add(&guard->forgets, 1, __ATOMIC_ACQ_REL); /* what is judged now is not kept either */
	if (guard->watch != NULL) /* marks of files only: those of containers are of another kind */
		fanotify_mark(guard->watch->group, FAN_MARK_FLUSH, 0, AT_FDCWD, "/");
	pthread_mutex_unlock(&guard->lock);
}

void guard_count(struct guard *guard, struct guard_counts *counts)
{
	*counts = guard->counts;
	counts->marks = mounts_count(guard->mounts);
}

void guard_close(struct guard *guard)
{
	pthread_mutex_lock(&guard->lock);
	guard->stop = true;
	pthread_cond_signal(&guard->changed);
	pthread_mutex_unlock(&guard->lock);
	pthread_join(guard->deadman, NULL);
	if ((guard->watch != NULL && !watch_end(guard->watch)) || guard->gave_up)
		return;
	mounts_close(guard->mounts);
	pthread_cond_destroy(&guard->changed);
	pthread_mutex_destroy(&guard->lock);
	free(guard);
}
