/* A program that starts: who starts it, what the policy says, and how it is reported. */
#ifndef SEAWALL_KERNEL_EXEC_H
#define SEAWALL_KERNEL_EXEC_H

#include "judge.h"
#include "report.h"

#define SIGKILL 9

/* Process that calls exec in a container; NULL when it is none, or the runtime on its way in. */
static __always_inline struct process *exec_caller(struct task_struct *task)
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
	if (!process)
		return NULL;
	process->cgroup =
		cgroup; /* the runtime may have put it into another container's cgroup than its mounts are of */
	return is_runtime(process, task) ? NULL : process;
}

struct exec_facts {
	struct wire_file file;
	struct judgement judgement;
	__u8 origin;
	__u8 verdict;
	__u8 copy; /* not from the image's layers, whatever its origin counts as */
};

static __always_inline bool is_violation(__u8 verdict)
{
	return verdict != WIRE_OBSERVED;
}

/* Words of the program, on its new stack once it has started. */
static __always_inline __u32 put_words(__u32 end, struct task_struct *task, int started)
{
	return started ? argv_text(end, address_of(task)) : words_text(end);
}

/* Appends the name of the applet. */
static __always_inline __u32 put_applet(__u32 end, struct seen_applet *applet, struct scratch *s)
{
	return text(end, address_of(&s->applet[applet->start & (APPLET_READ - 1)]), applet->length);
}

/* Number of the name that a program was called by: its applet, if it is one of the multi-call programs that everybody knows. */
static __always_inline __u64 called_name(void)
{
	struct seen_applet called = {};
	__u32 own;

	read_applet(address_of(bpf_get_current_task_btf()), 0, &called);
	own = called.number;
	if (own == APPLET_BUSYBOX || own == APPLET_TOYBOX || own == APPLET_COREUTILS)
		read_applet(address_of(bpf_get_current_task_btf()), own, &called);
	return called.number;
}

/* What is reported once: this program, by this caller, with this end; its words too where they count. While no table of the
 * image says whether it is a multi-call program, the name that it was called by counts. */
static __always_inline __u64 telling_of(struct exec_facts *facts, struct process *caller, struct scratch *s,
					int started)
{
	__u64 hash = mix(mix(mix(0, caller->cgroup), facts->file.inode), facts->file.device);
	__u32 end;

	hash = mix(mix(mix(hash, caller->exe.inode), caller->session), facts->verdict);
	hash = facts->judgement.applet.number ? mix(hash, facts->judgement.applet.number) : hash;
	if (started && (facts->judgement.exec_flags & WIRE_EXEC_UNTABLED))
		hash = mix(hash, called_name());
	if (!(facts->judgement.listed.flags & WIRE_FILE_ARGUMENTS))
		return hash;
	end = put_words(0, bpf_get_current_task_btf(), started) & 0xffff;
	return argv_hash(s, sizeof(__u16), end, hash);
}

/* What is known of a program that starts, but for its texts. */
static __always_inline void fill_exec(struct scratch *s, struct exec_facts *facts, struct process *caller,
				      const struct process_key *key)
{
	s->exec.time = bpf_ktime_get_boot_ns();
	s->exec.cgroup = caller->cgroup;
	s->exec.pid = key->tgid;
	s->exec.parent = caller->parent.tgid;
	s->exec.start = key->start;
	s->exec.uid = bpf_get_current_uid_gid();
	s->exec.policy = facts->judgement.policy;
	s->exec.policy_version = facts->judgement.version;
	s->exec.verdict = facts->verdict;
	s->exec.reason = facts->judgement.reason;
	s->exec.origin = facts->origin;
	s->exec.session = caller->session;
	s->exec.caller_origin = caller->origin;
	s->exec.file = facts->file;
	s->exec.caller = caller->exe;
}

/* Writes the event into `s` and sends it, unless it was reported in this bucket: that most are is found out first. `started`:
 * argv is on the stack. */
PART int report_exec(struct exec_facts *facts, struct process *caller, __u64 program, int started)
{
	struct linux_binprm *bprm = (void *)program;
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s = scratch(0);
	struct process_key key = key_of(task);
	bool violation;
	__u32 end = 0, repeats = 0, place;
	const char *given;
	__u64 hash = 0;

	if (!s || !facts || !caller)
		return -1;
	violation = is_violation(facts->verdict);
	if (!violation) {
		hash = telling_of(facts, caller, s, started);
		if (!is_new(hash, &repeats))
			return 0;
	}
	if (!has_allowance(caller->cgroup, violation)) {
		if (!violation)
			bpf_map_delete_elem(&seen, &hash);
		return 0;
	}
	__builtin_memset(&s->exec, 0, sizeof(s->exec));
	s->record.type = WIRE_EXEC;
	s->record.known = facts->judgement.known;
	s->exec.flags = facts->judgement.exec_flags;
	place = path_of(address_of(BPF_CORE_READ(bprm, file)), address_of(task));
	if (place >> 16)
		s->exec.flags |= WIRE_EXEC_PATH_CUT;
	place &= 0xffff;
	end = text(end, address_of(&s->path[place & (PATH_BYTES - 1)]), place < PATH_BYTES ? PATH_BYTES - place : 0);
	end = text(end, address_of(caller->path), caller->length);
	given = BPF_CORE_READ(bprm, filename);
	if (BPF_CORE_READ(bprm, interp) != given)
		s->exec.flags |= WIRE_EXEC_SCRIPT;
	place = bpf_probe_read_kernel_str(s->path + PATH_BYTES, PATH_BYTES, given);
	end = text(end, address_of(s->path + PATH_BYTES), place > 0 && place <= PATH_BYTES ? place - 1 : 0);
	end = put_words(end, task, started);
	if (end >> 16)
		s->exec.flags |= WIRE_EXEC_ARGV_CUT;
	end = put_applet(end & 0xffff, &facts->judgement.applet, s);
	s->exec.repeats = repeats;
	fill_exec(s, facts, caller, &key);
	if (caller->flags & PROCESS_OUTSIDE)
		s->exec.flags |= WIRE_EXEC_FIRST;
	key = caller->parent;
	end = ancestry(&key, end);
	send(s, end, caller->cgroup, violation);
	return 0;
}

/* `thread`: that called exec, as it was numbered then. */
static __always_inline int look_at(struct exec_facts *facts, struct process *caller, struct linux_binprm *bprm,
				   __u32 thread)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 origin;

	facts->judgement.thread = thread;
	origin = identify(address_of(BPF_CORE_READ(bprm, file)), root_device(caller->cgroup, address_of(task)),
			  &facts->file);
	facts->origin = seen_as(caller->cgroup, thread, &facts->file, origin);
	facts->copy = origin != WIRE_ORIGIN_IMAGE;
	return judge(caller, &facts->file, facts->origin, &facts->judgement);
}

#endif
