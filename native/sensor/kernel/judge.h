/* Asks the container's policy about a program. */
#ifndef SEAWALL_KERNEL_JUDGE_H
#define SEAWALL_KERNEL_JUDGE_H

#include "../decide.h"
#include "applet-words.h"
#include "process.h"

/* What the image's table says of a file. */
struct listed {
	__u32 flags;    /* wire_file_flag */
	__u32 own_name; /* of a multi-call program */
};

struct judgement {
	__u32 thread; /* that calls exec; set by who asks. 0: no answer of the guard to it counts */
	__u32 policy;
	__u32 version;
	__u32 exec_flags; /* wire_exec_flag */
	struct listed listed;
	struct seen_applet applet;
	__u8 effect;
	__u8 reason;
	__u8 known;
	__u8 started; /* the words of the program lie on its stack; set by who asks */
};

struct table_search {
	void *table;
	__u64 inode;
	__u32 low;  /* rows before it have smaller inodes */
	__u32 high; /* it and those behind it have larger ones */
	__u32 found;
};

static long halve(__u64 step, struct table_search *search)
{
	__u32 middle = search->low + (search->high - search->low) / 2;
	struct table_row *row;

	if (search->low >= search->high)
		return 1;
	row = bpf_map_lookup_elem(search->table, &middle);
	if (!row)
		return 1;
	if (row->file.inode == search->inode) {
		search->found = middle;
		return 1;
	}
	if (row->file.inode < search->inode)
		search->low = middle + 1;
	else
		search->high = middle;
	return 0;
}

/* What the image's table says of a file (decide_table); adds the file's flags. */
PART __u32 table_of(__u32 number, struct wire_file *file, struct listed *listed)
{
	struct table_search search = { .low = 1 };
	struct table_row *row;
	__u32 zero = 0, device, place;

	if (!file || !listed)
		return DECIDE_UNTABLED;
	search.table = bpf_map_lookup_elem(&image_tables, &number);
	if (!search.table)
		return DECIDE_UNTABLED;
	row = bpf_map_lookup_elem(search.table, &zero);
	if (!row)
		return DECIDE_UNTABLED;
	device = row->head.device;
	search.high = row->head.files + 1;
	search.inode = file->inode;
	bpf_loop(TABLE_FILES_BITS + 1, halve, &search, 0);
	place = search.found;
	row = place ? bpf_map_lookup_elem(search.table, &place) : NULL;
	if (!row)
		return DECIDE_UNTABLED;
	listed->flags |= row->file.flags;
	listed->own_name = row->file.own_name;
	if (row->file.ctime != file->ctime || row->file.size != file->size || device != file->device)
		return DECIDE_CHANGED;
	return DECIDE_SAME;
}

static __always_inline bool is_tool(struct policy_head *head, struct wire_file *file)
{
	struct edge_key key = { .generation = head->generation, .child = file->inode, .caller = TOOL_CALLER };

	return bpf_map_lookup_elem(&policy_edges, &key) != NULL;
}

/* Says of program and caller what the model has of them, and of the applet where that matters. */
static __always_inline void ask_edge(struct policy_head *head, struct wire_file *file, struct process *caller,
				     struct judgement *out, struct decide_question *question)
{
	struct edge_key key = { .generation = head->generation, .child = file->inode };
	__u32 *value;

	if (caller->origin == WIRE_ORIGIN_IMAGE)
		key.caller = caller->exe.inode;
	else if (caller->origin != WIRE_ORIGIN_HOST)
		return;
	value = bpf_map_lookup_elem(&policy_edges, &key);
	question->edge = value ? *value : EDGE_NONE;
	key.applet = out->applet.number;
	if (question->edge != EDGE_APPLETS || key.applet == APPLET_ANY)
		return;
	question->applet = bpf_map_lookup_elem(&policy_edges, &key) ? DECIDE_APPLET_KNOWN : DECIDE_APPLET_OTHER;
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
	question.shared = !container->assigned;
	if (origin == WIRE_ORIGIN_IMAGE) {
		if (head->table)
			question.table = table_of(head->table, file, &out->listed);
		if (is_tool(head, file))
			out->listed.flags |= WIRE_FILE_TOOL;
		question.file_flags = out->listed.flags;
		if (out->started && (out->listed.flags & WIRE_FILE_APPLETS))
			read_applet(address_of(bpf_get_current_task_btf()), out->listed.own_name, &out->applet);
		ask_edge(head, file, caller, out, &question);
	} else {
		question.allowed = has_ticket(out->thread, file) || is_known_copy(cgroup, file);
	}
	answer = decide(&question);
	if (!answer.reason || answer.effect == WIRE_EFFECT_IGNORE || container->unjudged)
		return 0;
	out->reason = answer.reason;
	out->effect = container->known == CONTAINER_OURS ? answer.effect : WIRE_EFFECT_ALERT;
	return 0;
}

#endif
