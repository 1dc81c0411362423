/* Refuses with EPERM, where the kernel has BPF LSM. */
#ifndef SEAWALL_HOOK_EXEC_LSM_H
#define SEAWALL_HOOK_EXEC_LSM_H

#include "../exec.h"

#define EPERM 1

SEC("lsm/bprm_check_security")
int BPF_PROG(exec_checked, struct linux_binprm *bprm, int before)
{
	struct process *caller = exec_caller(bpf_get_current_task_btf());
	struct exec_facts facts = {};

	if (before || !caller || look_at(&facts, caller, bprm, bpf_get_current_pid_tgid()) ||
	    facts.judgement.effect != WIRE_EFFECT_PREVENT)
		return before;
	facts.verdict = WIRE_REFUSED;
	report_exec(&facts, caller, address_of(bprm), false);
	return -EPERM;
}

#endif
