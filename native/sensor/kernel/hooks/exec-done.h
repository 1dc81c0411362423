/* Records a program that started, and kills where nothing did before. */
#ifndef SEAWALL_HOOK_EXEC_DONE_H
#define SEAWALL_HOOK_EXEC_DONE_H

#include "../cgroup-event.h"
#include "../exec.h"

#define MOUNTS_REPORTED 64 /* of one container: more namespaces than anybody needs would flood who arms others */

/* The sensor has to see the mounts of a namespace of the program's own. */
static __always_inline void report_mounts(struct container_counts *count, __u64 cgroup, __u64 mounts)
{
	if (!count->mounts || mounts == count->mounts || mounts == count->mounts_reported ||
	    count->mounts_others >= MOUNTS_REPORTED)
		return;
	count->mounts_reported = mounts;
	count->mounts_others++;
	report_started(CGROUP_EVENT_MOUNTS, cgroup, bpf_ktime_get_boot_ns());
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec_done, struct task_struct *task, pid_t old, struct linux_binprm *bprm)
{
	struct process *caller = exec_caller(task);
	struct exec_facts facts = { .judgement.started = true };
	struct container_counts *count;
	struct scratch *s = scratch(0);

	if (!caller || !s || look_at(&facts, caller, bprm, old))
		return 0;
	if (facts.judgement.effect == WIRE_EFFECT_PREVENT) {
		bpf_send_signal(SIGKILL);
		facts.verdict = WIRE_KILLED;
	} else if (facts.judgement.reason) {
		facts.verdict = WIRE_ALERTED;
	}
	if (!(caller->flags & PROCESS_REPORTED))
		report_exec(&facts, caller, address_of(bprm), true);
	if (caller->flags & PROCESS_OUTSIDE) {
		set_member(task, caller->cgroup);
		note_namespaces(address_of(task), caller->cgroup, mounts_of(task));
	}
	count = counts_of(caller->cgroup);
	if (count && !count->first_exec) {
		count->first_exec = bpf_ktime_get_boot_ns();
		report_started(CGROUP_EVENT_RUNS, caller->cgroup, count->first_exec);
	}
	if (count)
		report_mounts(count, caller->cgroup, mounts_of(task));
	if (facts.copy)
		bpf_map_delete_elem(&tickets, &facts.judgement.thread);
	caller->flags &= ~(PROCESS_OUTSIDE | PROCESS_REPORTED);
	set_program(caller, &facts.file, facts.origin);
	set_path(caller, s, path_of(address_of(BPF_CORE_READ(bprm, file)), address_of(task)));
	return 0;
}

#endif
