/* Joins the guard to the policies, the containers and the outbox. */
#ifndef SEAWALL_GUARDING_H
#define SEAWALL_GUARDING_H

#include "containers.h"
#include "guard/guard.h"

struct guard_adapter {
	struct marker marker;
	struct kernel *kernel;
	struct policies *policies;
	struct containers *containers;
	struct outbox *outbox;
	struct guard *guard; /* NULL: fanotify cannot be had */
};

/* Starts the guard and adds its features, or why it cannot be had, to those of the kernel. */
void guard_adapter_open(struct guard_adapter *adapter);

void guard_adapter_changed(void *adapter);
void guard_adapter_budget(void *adapter, uint32_t budget_ms);
void guard_adapter_count(void *adapter, struct wire_status *status);

/* Answers of the policies (guard-policy.c); the guard's callbacks. */
int knows_exec(void *adapter, uint64_t cgroup, const struct wire_file *file, uint32_t thread);
void judge_exec(void *adapter, const struct guard_exec *question, struct guard_answer *answer);
void judge_code(void *adapter, const struct guard_code *question, struct guard_answer *answer);
uint64_t container_of_thread(void *adapter, uint32_t thread);
int runs_code(void *adapter, uint64_t cgroup, const struct wire_file *program);

/* What the programs in the kernel know of a live process of a container; false when nothing. */
bool process_known(const struct kernel *kernel, uint32_t pid, struct process_key *key, struct process *process);

/* Sends what the guard tells (guard-report.c). */
void report_guarded(void *adapter, struct guard_event *event);

#endif
