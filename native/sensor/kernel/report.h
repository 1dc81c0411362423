/* Reports a program once in a bucket, within the container's allowance, in the words of the wire. */
#ifndef SEAWALL_KERNEL_REPORT_H
#define SEAWALL_KERNEL_REPORT_H

#include "judge.h"

#define SECOND_NS 1000000000ULL
#define ARGV_WORDS (ARGV_BYTES / 8)
#define HASH_PRIME 0x100000001b3ULL

static __always_inline __u64 mix(__u64 hash, __u64 value)
{
	hash = (hash ^ value) * HASH_PRIME;
	return hash ^ (hash >> 29);
}

/* Appends a text to the scratch: u16 length and bytes, at most ARGV_BYTES. Returns the new end. */
PART __u32 text(__u32 end, __u64 from, __u32 length)
{
	struct scratch *s = scratch(0);
	__u32 at = end & (TEXT_BYTES - 1);

	if (!s)
		return end;
	length &= TEXT_SLACK - 1;
	if (length > ARGV_BYTES)
		length = ARGV_BYTES;
	*(__u16 *)&s->texts[at] = length;
	if (length)
		bpf_probe_read_kernel(&s->texts[at + 2], length, (void *)from);
	return at + 2 + length;
}

/* Appends the words that the program got, as they lie on its new stack. Returns the new end, with bit 16 set when they
 * were cut. */
PART __u32 argv_text(__u32 end, __u64 asker)
{
	struct scratch *s = scratch(0);
	struct task_struct *task = (void *)asker;
	__u64 from = BPF_CORE_READ(task, mm, arg_start);
	__u64 bytes = BPF_CORE_READ(task, mm, arg_end) - from;
	__u32 at = end & (TEXT_BYTES - 1);
	__u32 length = bytes > ARGV_BYTES ? ARGV_BYTES : bytes;

	if (!s)
		return end;
	length &= TEXT_SLACK - 1;
	if (!from || (length && bpf_probe_read_user(&s->texts[at + 2], length, (void *)from)))
		length = 0;
	if (length && bytes <= ARGV_BYTES)
		length--; /* the last word's terminator */
	*(__u16 *)&s->texts[at] = length;
	return (at + 2 + length) | (bytes > ARGV_BYTES ? 1U << 16 : 0);
}

struct word_walk {
	struct scratch *s;
	__u64 words; /* the caller's array of pointers */
	__u32 at;
	__u32 room;
};

static long take_word(__u64 step, struct word_walk *walk)
{
	__u64 word = 0;
	__u32 room = walk->room & (TEXT_SLACK - 1);
	long got;

	bpf_probe_read_user(&word, sizeof(word), (void *)(walk->words + step * sizeof(word)));
	if (!word || !room || room > ARGV_BYTES)
		return 1;
	got = bpf_probe_read_user_str(&walk->s->texts[walk->at & (TEXT_BYTES - 1)], room, (void *)word);
	if (got <= 0)
		return 1;
	walk->at += got;
	walk->room -= got;
	return 0;
}

/* Address of the words that the caller of exec gives, 0 when it cannot be told. */
static __always_inline __u64 given_words(struct task_struct *task)
{
#ifdef __TARGET_ARCH_x86
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	__u64 call = BPF_CORE_READ(regs, orig_ax);

	if (call == 59)
		return BPF_CORE_READ(regs, si);
	if (call == 322)
		return BPF_CORE_READ(regs, dx);
#endif
	return 0;
}

/* Appends the words as they are in the caller's memory: for a program that will not start. Returns the new end, with bit
 * 16 set when they were cut. */
PART __u32 words_text(__u32 end)
{
	struct scratch *s = scratch(0);
	__u32 at = end & (TEXT_BYTES - 1), length;
	struct word_walk walk = { .s = s, .at = at + 2, .room = ARGV_BYTES };

	if (!s)
		return end;
	walk.words = given_words(bpf_get_current_task_btf());
	if (walk.words)
		bpf_loop(ARGV_WORDS, take_word, &walk, 0);
	length = walk.at - at - 2;
	if (length > ARGV_BYTES)
		length = 0;
	if (length)
		length--; /* the last word's terminator */
	*(__u16 *)&s->texts[at] = length;
	return (at + 2 + length) | (walk.room ? 0 : 1U << 16);
}

struct argv_walk {
	struct scratch *s;
	__u64 hash;
	__u32 at;
	__u32 end;
};

static long hash_word(__u64 step, struct argv_walk *walk)
{
	__u64 value;

	if (walk->at >= walk->end)
		return 1;
	bpf_probe_read_kernel(&value, sizeof(value), &walk->s->texts[walk->at & (TEXT_BYTES - 1)]);
	if (walk->end - walk->at < 8)
		value &= (1ULL << ((walk->end - walk->at) * 8)) - 1;
	walk->hash = mix(walk->hash, value);
	walk->at += 8;
	return 0;
}

static __always_inline __u64 argv_hash(struct scratch *s, __u32 from, __u32 to, __u64 hash)
{
	struct argv_walk walk = { .s = s, .hash = hash, .at = from, .end = to };

	bpf_loop(ARGV_WORDS, hash_word, &walk, 0);
	return walk.hash;
}

/* Whether it is to be told now; counts it when not. `repeats` gets how often it went untold before. */
PART int is_new(__u64 hash, __u32 *repeats)
{
	struct settings *now = settings_now();
	struct seen_value *before = bpf_map_lookup_elem(&seen, &hash);
	struct seen_value first = {};
	__u64 bucket;

	if (!now || !repeats)
		return true;
	bucket = (bpf_ktime_get_boot_ns() + now->boot_offset) / (now->bucket_ns ? now->bucket_ns : 1);
	if (!before) {
		first.bucket = bucket;
		bpf_map_update_elem(&seen, &hash, &first, BPF_ANY);
		return true;
	}
	if (before->bucket == bucket) {
		__sync_fetch_and_add(&before->count, 1);
		return false;
	}
	before->bucket = bucket;
	*repeats = before->count;
	before->count = 0;
	return true;
}

static __always_inline struct share *share_of(struct container_counts *count, int violation)
{
	return violation ? &count->in_violations : &count->in_observations;
}

/* Takes one event from the container's allowance of this second, if its share of the ring has room. */
PART int has_allowance(__u64 cgroup, int violation)
{
	struct container_counts *count = counts_of(cgroup);
	struct settings *limits = settings_now();
	__u64 second = bpf_ktime_get_boot_ns() / SECOND_NS;
	__u32 used, share = violation ? VIOLATION_SHARE : OBSERVATION_SHARE;

	if (!count || !limits)
		return true;
	if (count->second != second) {
		count->second = second;
		count->observed = 0;
		count->violations = 0;
	}
	used = violation ? __sync_fetch_and_add(&count->violations, 1) : __sync_fetch_and_add(&count->observed, 1);
	if (used < limits->events_per_second && share_has_room(share_of(count, violation), limits->round, share))
		return true;
	__sync_fetch_and_add(&count->throttled, 1);
	return false;
}

/* Counts an event to the container's share of its ring. */
static __always_inline void charge(__u64 cgroup, int violation, __u32 bytes)
{
	struct container_counts *count = bpf_map_lookup_elem(&counts, &cgroup);

	if (count)
		share_add(share_of(count, violation), bytes);
}

static __always_inline void send(struct scratch *s, __u32 end, __u64 cgroup, bool violation)
{
	__u64 bytes = offsetof(struct scratch, texts) + (end & (TEXT_BYTES - 1));
	long failed;

	if (violation)
		failed = bpf_ringbuf_output(&violations, s, bytes, BPF_RB_FORCE_WAKEUP);
	else
		failed = bpf_ringbuf_output(&observations, s, bytes, BPF_RB_FORCE_WAKEUP);
	if (failed)
		count_loss(violation ? LOST_VIOLATIONS : LOST_OBSERVATIONS, cgroup);
	else
		charge(cgroup, violation, bytes);
}

struct ancestor_walk {
	struct scratch *s;
	struct process_key key;
	__u32 end;
	__u32 count;
};

static long report_ancestor(__u64 step, struct ancestor_walk *walk)
{
	struct process *ancestor = bpf_map_lookup_elem(&processes, &walk->key);
	__u32 at = walk->count;

	if (!ancestor || (ancestor->flags & PROCESS_OUTSIDE) || at >= WIRE_EXEC_ANCESTORS)
		return 1;
	walk->s->exec.ancestry[at].pid = walk->key.tgid;
	walk->s->exec.ancestry[at].start = walk->key.start;
	walk->end = text(walk->end, address_of(ancestor->path), ancestor->length);
	walk->key = ancestor->parent;
	walk->count = at + 1;
	return 0;
}

/* Appends the paths of a process's ancestors, from `key` on, and writes who they are; returns the new end of the texts. */
PART __u32 ancestry(struct process_key *key, __u32 end)
{
	struct scratch *s = scratch(0);
	struct ancestor_walk walk = { .s = s, .end = end };

	if (!s || !key)
		return end;
	walk.key = *key;
	bpf_loop(WIRE_EXEC_ANCESTORS, report_ancestor, &walk, 0);
	s->exec.ancestors = walk.count;
	return walk.end;
}

#endif
