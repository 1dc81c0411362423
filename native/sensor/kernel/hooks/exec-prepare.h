/* Kills before the old program is gone. */
#ifndef SEAWALL_HOOK_EXEC_PREPARE_H
#define SEAWALL_HOOK_EXEC_PREPARE_H

#include "../exec.h"

SEC("tp_btf/sched_prepare_exec")
int BPF_PROG(exec_prepared, struct task_struct *task, struct linux_binprm *bprm)
{
	struct process *caller = exec_caller(task);
	struct exec_facts facts = {};

	if (!caller || look_at(&facts, caller, bprm, bpf_get_current_pid_tgid()) ||
	    facts.judgement.effect != WIRE_EFFECT_PREVENT)
		return 0;
	bpf_send_signal(SIGKILL);
	facts.verdict = WIRE_KILLED;
	report_exec(&facts, caller, address_of(bprm), false);
	caller->flags |= PROCESS_REPORTED;
	return 0;
}

#endif
