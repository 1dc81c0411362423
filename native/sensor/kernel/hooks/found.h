/* Processes that were there before the sensor. */
#ifndef SEAWALL_HOOK_FOUND_H
#define SEAWALL_HOOK_FOUND_H

#include "../process.h"

/* Takes in what runs in containers already; asked for when the sensor meets them. */
SEC("iter/task")
int processes_found(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct container_counts *count;
	struct process *parent, *known;
	__u32 session;
	__u64 cgroup;
	bool first;

	if (!task || recorded_container(task))
		return 0;
	if (BPF_CORE_READ(task, pid) != BPF_CORE_READ(task, tgid)) {
		cgroup = recorded_container(task->group_leader);
		if (cgroup)
			set_member(task, cgroup);
		return 0;
	}
	cgroup = container_of_task(task);
	if (!cgroup)
		return 0;
	known = process_of(task);
	if (known) {
		if (known->cgroup == cgroup && !(known->flags & PROCESS_OUTSIDE))
			set_member(task, cgroup);
		return 0;
	}
	parent = process_of(task->real_parent);
	first = BPF_CORE_READ(task, thread_pid, level) > 0 &&
		BPF_CORE_READ(task, nsproxy, pid_ns_for_children, child_reaper) == task;
	if (parent && parent->cgroup == cgroup)
		session = parent->session;
	else
		session = first ? WIRE_SESSION_ENTRY : WIRE_SESSION_EXEC;
	if (!meet(task, cgroup, session))
		return 0;
	if (stands_in(task, cgroup))
		note_namespaces(address_of(task), cgroup, mounts_of(task));
	count = counts_of(cgroup);
	if (count && !count->first_exec)
		count->first_exec = bpf_ktime_get_boot_ns();
	return 0;
}

#endif
