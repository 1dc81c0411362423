/* Asks the container's policy about a program. */
#ifndef SEAWALL_KERNEL_JUDGE_H
#define SEAWALL_KERNEL_JUDGE_H

#include "../decide.h"
#include "process.h"

struct judgement {
	__u32 policy;
	__u32 version;
	__u32 exec_flags; /* wire_exec_flag */
	__u32 file_flags;
	__u8 effect;
	__u8 reason;
	__u8 known;
};

static __always_inline __u8 table_of(struct policy_head *head, struct wire_file *file, __u32 *flags)
{
	struct file_key key = { .generation = head->generation, .inode = file->inode };
	struct file_value *entry = bpf_map_lookup_elem(&policy_files, &key);

	if (!entry)
		return DECIDE_UNTABLED;
	*flags = entry->flags;
	if (entry->ctime != file->ctime || entry->size != file->size || head->device != file->device)
		return DECIDE_CHANGED;
	return DECIDE_SAME;
}

static __always_inline bool has_edge(struct policy_head *head, struct wire_file *file, struct process *caller)
{
	struct edge_key key = { .generation = head->generation, .child = file->inode };

	if (caller->origin == WIRE_ORIGIN_IMAGE)
		key.caller = caller->exe.inode;
	else if (caller->origin != WIRE_ORIGIN_HOST)
		return false;
	return bpf_map_lookup_elem(&policy_edges, &key) != NULL;
}

static __always_inline bool is_allowed(struct policy_head *head, struct wire_file *file)
{
	struct allowed_key key = {
		.generation = head->generation,
		.device = file->device,
		.inode = file->inode,
		.ctime = file->ctime,
		.size = file->size,
	};

	return bpf_map_lookup_elem(&allowed_files, &key) != NULL;
}

PART int judge(struct process *caller, struct wire_file *file, __u32 origin, struct judgement *out)
{
	struct container_value *container;
	struct decide_question question = {};
	struct decide_answer answer;
	struct policy_head *head;
	__u64 cgroup; /* before 6.3 a key may not lie in memory of which a PART only knows the size */
	__u32 policy;

	if (!caller || !file || !out)
		return -1;
	cgroup = caller->cgroup;
	container = bpf_map_lookup_elem(&containers, &cgroup);
	if (!container)
		return -1;
	out->known = container->known;
	out->policy = policy = container->policy;
	if (container->by_default || container->known == CONTAINER_UNKNOWN)
		out->exec_flags |= WIRE_EXEC_NO_POLICY_YET;
	head = bpf_map_lookup_elem(&policy_heads, &policy);
	if (!head || !(head->flags & WIRE_POLICY_TABLED))
		out->exec_flags |= WIRE_EXEC_UNTABLED;
	if (!head)
		return 0;
	out->version = head->version;
	question.policy_flags = head->flags;
	question.drift_effect = head->drift_effect;
	question.model_effect = head->model_effect;
	question.tool_effect = head->tool_effect;
	question.origin = origin;
	question.session = caller->session;
	question.first = caller->origin == WIRE_ORIGIN_HOST;
	if (origin == WIRE_ORIGIN_IMAGE) {
		question.table = table_of(head, file, &out->file_flags);
		question.file_flags = out->file_flags;
		question.edge = has_edge(head, file, caller);
	} else {
		question.allowed = is_allowed(head, file);
	}
	answer = decide(&question);
	if (!answer.reason || answer.effect == WIRE_EFFECT_IGNORE || container->unjudged)
		return 0;
	out->reason = answer.reason;
	out->effect = container->known == CONTAINER_OURS ? answer.effect : WIRE_EFFECT_ALERT;
	return 0;
}

#endif
