/* What the policies say to the guard. */
#ifndef SEAWALL_GUARD_POLICY_H
#define SEAWALL_GUARD_POLICY_H

#include "guard-parts.h"

/* The guard's callbacks. */
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

#endif
