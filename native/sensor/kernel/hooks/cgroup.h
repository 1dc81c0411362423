/* Cgroups that are made, joined and removed: containers begin and end. */
#ifndef SEAWALL_HOOK_CGROUP_H
#define SEAWALL_HOOK_CGROUP_H

#include "../cgroup-event.h"
#include "../move.h"

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(cgroup_made, struct cgroup *cgroup, const char *path)
{
	struct container_value value = {};
	__u64 number;

	if (!is_unified(cgroup) || !id_in_name(address_of(cgroup), &value) ||
	    container_from(address_of(cgroup_above(cgroup))))
		return 0;
	/* What a program of a container makes is no container, whatever its name and place. */
	if (container_of_task(bpf_get_current_task_btf()))
		return 0;
	number = cgroup_number(cgroup);
	value.born = bpf_ktime_get_boot_ns();
	count_failed_update(bpf_map_update_elem(&containers, &number, &value, BPF_ANY));
	report_cgroup_event(CGROUP_EVENT_MADE, number, value.id, value.born);
	return 0;
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(cgroup_gone, struct cgroup *cgroup, const char *path)
{
	struct container_value *value;
	__u64 number;

	if (!is_unified(cgroup))
		return 0;
	number = cgroup_number(cgroup);
	value = bpf_map_lookup_elem(&containers, &number);
	if (value)
		report_cgroup_event(CGROUP_EVENT_GONE, number, value->id, bpf_ktime_get_boot_ns());
	return 0;
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(cgroup_joined, struct cgroup *cgroup, const char *path, struct task_struct *task)
{
	__u64 number, owner;
	struct process *known;

	if (!is_unified(cgroup))
		return 0;
	number = container_from(address_of(cgroup));
	owner = recorded_container(task);
	if (owner) {
		if (owner != number)
			report_move(owner, address_of(task), address_of(cgroup), number ? WIRE_MOVE_CONTAINER : 0);
		return 0;
	}
	if (!number)
		return 0;
	known = process_of(task);
	if (!known || known->cgroup != number)
		came_in(address_of(task), number, address_of(BPF_CORE_READ(task, real_parent)));
	return 0;
}

#endif
