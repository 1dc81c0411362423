/* Joins the guard to the policies, the containers and the outbox. */
#ifndef SEAWALL_GUARD_ADAPTER_H
#define SEAWALL_GUARD_ADAPTER_H

#include "containers.h"
#include "copies.h"
#include "guard/guard.h"

struct guard_adapter {
	struct kernel *kernel;
	struct policies *policies;
	struct tables *tables;
	struct copies *copies;
	struct containers *containers;
	struct outbox *outbox;
	struct guard *guard; /* NULL: fanotify cannot be had */
};

/* Starts the guard and adds its features, or why it cannot be had, to those of the kernel. */
void guard_adapter_open(struct guard_adapter *adapter);

/* Marks the root of a container, mounted at `merged`. 0, or a negative errno (logged) when nothing of it is asked
 * about: -ENOSYS where there is no guard. */
int guard_adapter_mark(struct guard_adapter *adapter, uint64_t cgroup, const char *merged);
/* Marks volumes and tmpfs: every mount of the process but its root. False when the process does not stand in the container
 * whose root is mounted at `merged`. */
bool guard_adapter_mark_mounts(struct guard_adapter *adapter, uint64_t cgroup, const char *merged, uint32_t pid);
void guard_adapter_unmark(struct guard_adapter *adapter, uint64_t cgroup);

/* After policies or containers changed, and once at the start: everything is asked for again. */
void guard_adapter_changed(struct guard_adapter *adapter);
void guard_adapter_budget(struct guard_adapter *adapter, uint32_t budget_ms);
/* Adds what the guard counted. */
void guard_adapter_count(struct guard_adapter *adapter, struct wire_status *status);

/* Answers of the policies (guard-policy.c); the guard's callbacks. */
int knows_exec(void *adapter, uint64_t cgroup, const struct wire_file *file, uint32_t thread);
void judge_exec(void *adapter, const struct guard_exec *question, struct guard_answer *answer);
void judge_code(void *adapter, const struct guard_code *question, struct guard_answer *answer);
uint64_t container_of_thread(void *adapter, uint32_t thread);
int program_of_thread(void *adapter, uint32_t thread, struct guard_program *program);
int runs_code(void *adapter, uint64_t cgroup, const struct wire_file *program);

/* What the programs in the kernel know of a live process of a container; false when nothing. */
bool process_known(const struct kernel *kernel, uint32_t pid, struct process_key *key, struct process *process);

/* Puts the image's own file in the place of a known copy of it. */
void see_known_copy(struct guard_adapter *adapter, uint64_t cgroup, struct wire_file *file, uint8_t *origin);

/* Sends what the guard reports (guard-report.c). */
void report_guarded(void *adapter, struct guard_event *event);

#endif
