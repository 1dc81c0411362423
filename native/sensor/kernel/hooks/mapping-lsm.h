/* Refuses with EPERM to map or to protect, where the kernel has BPF LSM. */
#ifndef SEAWALL_HOOK_MAPPING_LSM_H
#define SEAWALL_HOOK_MAPPING_LSM_H

#include "../mapping.h"
#include "exec-lsm.h"

#define FLAG_SHARED 0x1 /* MAP_SHARED, and of MAP_SHARED_VALIDATE */

static __always_inline int refuse_mapping(struct file *file, bool shared)
{
	struct mapping_facts facts = {};
	struct process *process = mapper_of(bpf_get_current_task_btf());

	if (!process || !objects_to_mapping(&facts, process, address_of(file), shared))
		return 0;
	facts.verdict = facts.judgement.effect == WIRE_EFFECT_PREVENT ? WIRE_REFUSED : WIRE_ALERTED;
	report_mapping(&facts, process, address_of(file));
	return facts.verdict == WIRE_REFUSED ? -EPERM : 0;
}

SEC("lsm/mmap_file")
int BPF_PROG(mapping_checked, struct file *file, unsigned long asked, unsigned long protection, unsigned long flags,
	     int before)
{
	if (before || !file || !(protection & PROTECT_EXEC))
		return before;
	return refuse_mapping(file, (flags & FLAG_SHARED) != 0);
}

SEC("lsm/file_mprotect")
int BPF_PROG(protection_checked, struct vm_area_struct *area, unsigned long asked, unsigned long protection, int before)
{
	struct file *file;

	if (before || !(protection & PROTECT_EXEC))
		return before;
	file = BPF_CORE_READ(area, vm_file);
	return file ? refuse_mapping(file, (BPF_CORE_READ(area, vm_flags) & MAPPED_SHARED) != 0) : 0;
}

#endif
