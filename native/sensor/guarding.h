/* Joins the guard to the policies, the containers and the outbox. */
#ifndef SEAWALL_GUARDING_H
#define SEAWALL_GUARDING_H

#include "containers.h"
#include "guard.h"

struct guarding {
	struct marker marker;
	struct kernel *kernel;
	struct policies *policies;
	struct containers *containers;
	struct outbox *outbox;
	struct guard *guard; /* NULL: fanotify cannot be had */
};

/* Starts the guard and adds its features, or why it cannot be had, to those of the kernel. */
void guarding_open(struct guarding *guarding);

void guarding_changed(void *guarding);
void guarding_budget(void *guarding, uint32_t budget_ms);
void guarding_count(void *guarding, struct wire_status *status);

/* Answers of the policies (judging.c); the guard's callbacks. */
int knows_exec(void *guarding, uint64_t cgroup, const struct wire_file *file, uint32_t thread);
int judge_exec(void *guarding, const struct guard_exec *question, struct guard_answer *answer);
int judge_code(void *guarding, const struct guard_code *question, struct guard_answer *answer);
int runs_code(void *guarding, uint64_t cgroup, const struct wire_file *program);

/* What the programs in the kernel know of a live process of a container; false when nothing. */
bool process_known(const struct kernel *kernel, uint32_t pid, struct process_key *key, struct process *process);

/* Sends what the guard tells (guard-events.c). */
void tell_guarded(void *guarding, struct guard_event *event);

#endif
