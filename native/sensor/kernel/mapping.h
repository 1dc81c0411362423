/* Executable mappings of files: asks the container's policy about each before its first instruction, and reports it. */
#ifndef SEAWALL_KERNEL_MAPPING_H
#define SEAWALL_KERNEL_MAPPING_H

#include "judge.h"
#include "mapped-file.h"
#include "report.h"

#define MAPPED_EXEC 0x4UL   /* VM_EXEC */
#define MAPPED_SHARED 0x8UL /* VM_SHARED */
#define PROTECT_READ 0x1    /* PROT_READ */
#define PROTECT_EXEC 0x4    /* PROT_EXEC */

_Static_assert(sizeof(struct wire_exec) == sizeof(struct wire_code), "both lie before the same texts");
_Static_assert(__builtin_offsetof(struct wire_exec, ancestry) == __builtin_offsetof(struct wire_code, ancestry),
	       "both take the same ancestors");

struct mapping_facts {
	struct wire_file file;
	struct judgement judgement;
	__u8 origin;
	__u8 verdict;
	__u8 starting; /* exec maps it: the program that maps is not the caller any more */
	__u8 reserved;
};

/* Whether exec maps now the files of the program that it starts. */
static __always_inline bool is_starting(struct task_struct *task)
{
	return BPF_CORE_READ_BITFIELD_PROBED(task, in_execve);
}

/* Process of a container that maps; NULL when it is none, or the runtime on its way in: what that one has mapped is the
 * host's, until exec gives it a program of the container. */
static __always_inline struct process *mapper_of(struct task_struct *task)
{
	__u64 cgroup = container_of_task(task);
	struct process *process;

	if (!cgroup)
		return NULL;
	process = process_of(task);
	if (!process) {
		meet(task, cgroup, WIRE_SESSION_ENTRY);
		process = process_of(task);
	}
	if (!process || is_runtime(process, task) || ((process->flags & PROCESS_OUTSIDE) && !is_starting(task)))
		return NULL;
	return process;
}

/* The program itself, which is judged as what is executed, as long as its file is what it was then: Linux 6.11 and 6.12 let
 * it be written while it runs. */
static __always_inline bool is_own_program(struct mapping_facts *facts, struct process *process, struct file *file,
					   struct task_struct *task)
{
	if (facts->starting)
		return shown_inode(file) == BPF_CORE_READ(task, mm, exe_file, f_inode);
	return facts->file.inode == process->exe.inode && facts->file.device == process->exe.device &&
	       facts->file.ctime == process->exe.ctime;
}

/* Counts what the statement about running code has to say. */
static __always_inline void count_mapping(__u64 cgroup, struct decide_answer *answer, __u8 known)
{
	struct container_counts *count = counts_of(cgroup);

	if (!count)
		return;
	if (!answer)
		__sync_fetch_and_add(&count->mappings_unjudged, 1);
	else if (answer->effect == WIRE_EFFECT_PREVENT && known == CONTAINER_OURS)
		__sync_fetch_and_add(&count->mappings_stopped, 1);
	else
		__sync_fetch_and_add(&count->mappings_passed, 1);
}

PART int judge_mapping(struct process *process, struct wire_file *file, __u32 origin, struct judgement *out)
{
	struct decide_question question = { .origin = origin };
	struct container_value *container;
	struct decide_answer answer;
	struct policy_head *head;
	__u64 cgroup;
	__u32 policy;

	if (!process || !file || !out)
		return -1;
	cgroup = process->cgroup;
	container = bpf_map_lookup_elem(&containers, &cgroup);
	if (!container)
		return -1;
	out->known = container->known;
	out->policy = policy = container->policy;
	head = bpf_map_lookup_elem(&policy_heads, &policy);
	if (!head || container->unjudged) {
		count_mapping(cgroup, NULL, container->known);
		return 0;
	}
	out->version = head->version;
	question.policy_flags = head->flags;
	question.code_effect = head->code_effect;
	if (origin == WIRE_ORIGIN_IMAGE)
		question.table = table_of(head->table, file, &out->listed);
	else
		question.allowed = is_known_copy(cgroup, file);
	answer = decide_code(&question);
	if (!answer.reason)
		return 0;
	count_mapping(cgroup, &answer, container->known);
	if (answer.effect == WIRE_EFFECT_IGNORE)
		return 0;
	out->reason = answer.reason;
	out->effect = container->known == CONTAINER_OURS ? answer.effect : WIRE_EFFECT_ALERT;
	return 0;
}

/* Looks at a file that `process` maps executable. True when the policy objects; `facts` says how. */
PART int objects_to_mapping(struct mapping_facts *facts, struct process *process, __u64 address, __u32 shared)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = (void *)address;
	__u64 cgroup;

	if (!facts || !process || is_anonymous(address, shared))
		return false;
	cgroup = process->cgroup;
	facts->starting = is_starting(task);
	facts->origin = identify_mapped(address, root_device(cgroup, address_of(task)), &facts->file);
	facts->origin = seen_as(cgroup, 0, &facts->file, facts->origin);
	if (is_own_program(facts, process, file, task))
		return false;
	return !judge_mapping(process, &facts->file, facts->origin, &facts->judgement) && facts->judgement.reason;
}

/* The same file in the same process is reported once in a bucket. */
static __always_inline __u64 mapping_report_hash(struct mapping_facts *facts, struct process *process,
						 struct process_key *key)
{
	__u64 hash = mix(mix(mix(1, process->cgroup), facts->file.inode), facts->file.device);

	return mix(mix(mix(mix(hash, key->tgid), key->start), facts->verdict), facts->starting);
}

/* Path and arguments of the program that maps. While exec starts it, neither is where it will be, and what lies on its
 * stack are arguments and environment in one. */
static __always_inline __u32 mapper_texts(struct mapping_facts *facts, struct process *process, struct scratch *s,
					  __u32 end, int argv)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 place;

	if (argv)
		return facts->starting ? text(end, 0, 0) : argv_text(end, address_of(task)) & 0xffff;
	if (!facts->starting)
		return text(end, address_of(process->path), process->length);
	place = path_of(address_of(BPF_CORE_READ(task, mm, exe_file)), address_of(task)) & 0xffff;
	return text(end, address_of(&s->path[place & (PATH_BYTES - 1)]), place < PATH_BYTES ? PATH_BYTES - place : 0);
}

/* Tells of a mapping that the policy objects to. */
PART int report_mapping(struct mapping_facts *facts, struct process *process, __u64 address)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = (void *)address;
	struct scratch *s = scratch(0);
	struct process_key key = key_of(task);
	__u32 end = 0, repeats = 0, place;
	__u64 hash;

	if (!s || !facts || !process)
		return -1;
	hash = mapping_report_hash(facts, process, &key);
	if (facts->verdict == WIRE_KILLED) { /* the kernel stores some mappings in several steps */
		if (process->flags & PROCESS_REPORTED)
			return 0;
		process->flags |= PROCESS_REPORTED;
	} else if (!is_new(hash, &repeats)) {
		return 0;
	}
	if (!has_allowance(process->cgroup, true)) {
		bpf_map_delete_elem(&seen, &hash);
		return 0;
	}
	__builtin_memset(&s->code, 0, sizeof(s->code));
	s->record.type = WIRE_CODE;
	s->record.known = facts->judgement.known;
	place = path_shown(address_of(shown_path(file)), address_of(task), 0) & 0xffff;
	end = text(end, address_of(&s->path[place & (PATH_BYTES - 1)]), place < PATH_BYTES ? PATH_BYTES - place : 0);
	end = mapper_texts(facts, process, s, end, false);
	end = text(end, 0, 0); /* who wrote it is not known here */
	end = mapper_texts(facts, process, s, end, true);
	end = text(end, 0, 0); /* nor its digest */
	key = process->parent;
	end = ancestry(&key, end);
	place = s->exec.ancestors;
	s->exec.ancestors = 0;
	key = key_of(task);
	s->code.ancestors = place;
	s->code.flags = WIRE_CODE_MAPPED;
	s->code.repeats = repeats;
	s->code.time = bpf_ktime_get_boot_ns();
	s->code.cgroup = process->cgroup;
	s->code.pid = key.tgid;
	s->code.parent = process->parent.tgid;
	s->code.start = key.start;
	s->code.uid = bpf_get_current_uid_gid();
	s->code.policy = facts->judgement.policy;
	s->code.policy_version = facts->judgement.version;
	s->code.verdict = facts->verdict;
	s->code.origin = facts->origin;
	s->code.session = process->session;
	s->code.kind = WIRE_CODE_LIBRARY;
	s->code.file = facts->file;
	s->code.opener = process->exe;
	send(s, end, process->cgroup, true);
	return 0;
}

#endif
