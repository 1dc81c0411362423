/* Processes that containers start. */
#ifndef SEAWALL_HOOK_FORK_H
#define SEAWALL_HOOK_FORK_H

#include "../process.h"

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_forked, struct task_struct *parent, struct task_struct *child)
{
	__u64 cgroup;

	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;
	cgroup = container_of_task(child);
	if (cgroup)
		copied(parent, child, cgroup);
	return 0;
}

#endif
