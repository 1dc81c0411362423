/* Processes that containers start, in their cgroup or in another. */
#ifndef SEAWALL_HOOK_FORK_H
#define SEAWALL_HOOK_FORK_H

#include "../move.h"

/* A child that clone3 puts into another cgroup than its parent's is moved without a cgroup_attach_task. */
static __always_inline void look_for_move(struct task_struct *parent, struct task_struct *child, __u64 owner)
{
	struct cgroup *cgroup = cgroup_of(child);
	__u64 number;

	if (cgroup == cgroup_of(parent))
		return;
	number = container_from(address_of(cgroup));
	if (number != owner)
		report_move(owner, address_of(child), address_of(cgroup),
			    WIRE_MOVE_BORN | (number ? WIRE_MOVE_CONTAINER : 0));
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_forked, struct task_struct *parent, struct task_struct *child)
{
	__u64 owner = recorded_container(parent);
	__u64 cgroup;

	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid)) {
		if (owner)
			set_member(child, owner);
		return 0;
	}
	cgroup = owner ? owner : container_of_task(child);
	if (!cgroup)
		return 0;
	copied(parent, child, cgroup);
	if (!owner)
		return 0;
	set_member(child, owner);
	look_for_move(parent, child, owner);
	return 0;
}

#endif
