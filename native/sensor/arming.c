#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "arming.h"
#include "log.h"

/* What each mechanism takes: one of these features, and where it is fanotify's, that the container's root is marked. */
static const struct {
	uint32_t features;
	uint16_t mechanism;
	bool marked;
} mechanisms[] = {
	{ WIRE_FEATURE_EXEC_LSM, WIRE_MECHANISM_EXEC_REFUSED, false },
	{ WIRE_FEATURE_EXEC_FANOTIFY, WIRE_MECHANISM_EXEC_REFUSED, true },
	{ WIRE_FEATURE_EXEC_PREPARE | WIRE_FEATURE_EXEC_RECORD, WIRE_MECHANISM_EXEC_KILLED, false },
	{ WIRE_FEATURE_CODE_KILL, WIRE_MECHANISM_MAPPINGS_KILLED, false },
	{ WIRE_FEATURE_CODE_LSM, WIRE_MECHANISM_MAPPINGS_REFUSED, false },
	{ WIRE_FEATURE_CODE_FANOTIFY, WIRE_MECHANISM_CODE_OPENED, true },
};

static uint16_t in_force(const struct containers *containers, bool marked)
{
	uint16_t found = 0;
	size_t i;

	for (i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
		if (containers->kernel->features & mechanisms[i].features && (marked || !mechanisms[i].marked))
			found |= mechanisms[i].mechanism;
	return found;
}

/* Version of the policy as the kernel has it; 0 when it is not there, and for the default. */
static uint32_t version_of(const struct containers *containers, uint32_t policy)
{
	struct policy_head head;

	if (!policy || bpf_map_lookup_elem(containers->kernel->policy_heads, &policy, &head))
		return 0;
	return head.version;
}

/* The gravest problem. */
static uint8_t problem_of(const struct containers *containers, const struct container *container, uint32_t version)
{
	if (container->value.unjudged)
		return WIRE_PROBLEM_NO_OVERLAY;
	if (container->map_error)
		return WIRE_PROBLEM_TABLE_FULL;
	if (container->value.policy && !version)
		return WIRE_PROBLEM_NO_POLICY;
	if (container->mark_error && container->mark_error != -ENOSYS)
		return WIRE_PROBLEM_NOT_MARKED;
	return containers->unguarded ? WIRE_PROBLEM_NO_GUARD : WIRE_PROBLEM_NONE;
}

/* With these nothing is in force. */
static bool disarms(uint8_t problem)
{
	return problem == WIRE_PROBLEM_NO_OVERLAY || problem == WIRE_PROBLEM_TABLE_FULL ||
	       problem == WIRE_PROBLEM_NO_POLICY;
}

static void wake(const struct containers *containers)
{
	uint64_t one = 1;

	if (write(containers->outbox->signal, &one, sizeof(one)) < 0)
		log_line("signal to the sender was not given");
}

static void report(struct containers *containers, struct container *container)
{
	if (!container->unreported)
		containers->unreported++;
	container->unreported = true;
}

void arming_note(struct containers *containers, struct container *container)
{
	struct wire_armed_container now = { .cgroup = container->cgroup, .policy = container->value.policy };
	bool marked = container->mark_error == 0 && !containers->unguarded;

	if (!container->met || container->gone)
		return;
	memcpy(now.id, container->value.id, WIRE_ID);
	now.version = version_of(containers, now.policy);
	now.problem = problem_of(containers, container, now.version);
	now.mechanisms = disarms(now.problem) ? 0 : in_force(containers, marked);
	now.since = container->reported.since;
	if (!memcmp(&now, &container->reported, sizeof(now)))
		return;
	now.since = boot_now();
	container->reported = now;
	report(containers, container);
	wake(containers);
}

void arming_forget(struct containers *containers, struct container *container)
{
	if (container->unreported)
		containers->unreported--;
	container->unreported = false;
}

static void each(struct containers *containers,
		 void (*call)(struct containers *containers, struct container *container))
{
	struct container *container;
	int i;

	pthread_mutex_lock(&containers->lock);
	for (i = 0; i < CONTAINER_BUCKETS; i++)
		for (container = containers->buckets[i]; container; container = container->next)
			if (container->met && !container->gone)
				call(containers, container);
	pthread_mutex_unlock(&containers->lock);
}

void arming_report_all(struct containers *containers)
{
	each(containers, report);
}

void arming_guarded(struct containers *containers, bool guarded)
{
	__atomic_store_n(&containers->guard_gone, !guarded, __ATOMIC_RELEASE);
	wake(containers);
}

/* On the thread that reports: whoever reports that the guard gave up must not wait for the lock. */
static void note_guard(struct containers *containers)
{
	bool gone = __atomic_load_n(&containers->guard_gone, __ATOMIC_ACQUIRE);

	if (gone == containers->unguarded)
		return;
	pthread_mutex_lock(&containers->lock);
	containers->unguarded = gone;
	pthread_mutex_unlock(&containers->lock);
	each(containers, arming_note);
}

static const char *reason_of(const struct container *container, char *reason)
{
	switch (container->reported.problem) {
	case WIRE_PROBLEM_NOT_MARKED:
		snprintf(reason, REASON_BYTES, "fanotify cannot watch its root file system, %.200s: %s%s.",
			 container->engine.merged, strerror(-container->mark_error),
			 container->mark_error == -EXDEV
				 ? "; it is mounted in another mount namespace than the sensor's"
				 : "");
		return reason;
	case WIRE_PROBLEM_TABLE_FULL:
		snprintf(reason, REASON_BYTES, "The kernel's table of containers takes no more: %s.",
			 strerror(container->map_error));
		return reason;
	case WIRE_PROBLEM_NO_POLICY:
		return "The policy that it was given is not in the kernel: it never came, was refused, or was forgotten.";
	case WIRE_PROBLEM_NO_OVERLAY:
		return "The engine mounts its root as no overlay, so that nobody can tell which files are the image's.";
	case WIRE_PROBLEM_NO_GUARD:
		return "fanotify's group was given up because an answer was overdue, and is not made again yet.";
	default:
		return "";
	}
}

static struct container *next_unreported(struct containers *containers)
{
	struct container *container = NULL;
	int i;

	for (i = 0; i < CONTAINER_BUCKETS && containers->unreported; i++) {
		for (container = containers->buckets[containers->report_bucket]; container; container = container->next)
			if (container->unreported)
				return container;
		containers->report_bucket = (containers->report_bucket + 1) % CONTAINER_BUCKETS;
	}
	return NULL;
}

bool arming_next(struct containers *containers, char *payload, uint32_t *length)
{
	struct container *container;
	char text[REASON_BYTES];
	const char *reason;
	uint16_t bytes;

	note_guard(containers);
	pthread_mutex_lock(&containers->lock);
	container = next_unreported(containers);
	if (container) {
		arming_forget(containers, container);
		reason = reason_of(container, text);
		bytes = strlen(reason);
		memcpy(payload, &container->reported, sizeof(container->reported));
		memcpy(payload + sizeof(container->reported), &bytes, sizeof(bytes));
		memcpy(payload + sizeof(container->reported) + sizeof(bytes), reason, bytes);
		*length = sizeof(container->reported) + sizeof(bytes) + bytes;
	}
	pthread_mutex_unlock(&containers->lock);
	return container != NULL;
}
