/* The applet of a program that has started, by the words on its new stack. */
#ifndef SEAWALL_KERNEL_APPLET_WORDS_H
#define SEAWALL_KERNEL_APPLET_WORDS_H

#include "../applet.h"
#include "maps.h"

struct seen_applet {
	__u64 number; /* as edges have it; 0: not looked at */
	__u32 start;  /* of its name in the scratch */
	__u32 length;
};

struct applet_walk {
	struct applet_reading reading;
	struct scratch *s;
	__u32 bytes;
};

static long take_applet(__u64 step, struct applet_walk *walk)
{
	if (step >= walk->bytes)
		return 1;
	applet_take(&walk->reading, walk->s->applet[step & (APPLET_READ - 1)]);
	return walk->reading.done != 0; /* one of two, for the verifier */
}

static __always_inline void name_odd(struct scratch *s, struct seen_applet *out)
{
	const char name[] = "{odd}";

	if (out->number != APPLET_ODD)
		return;
	__builtin_memcpy(s->applet, name, sizeof(name));
	out->start = 0;
	out->length = sizeof(name) - 1;
}

/* Reads the applet of the task that is starting a program with this own name. What cannot be read is odd. */
PART int read_applet(__u64 asker, __u32 own, struct seen_applet *out)
{
	struct task_struct *task = (void *)asker;
	__u64 from = BPF_CORE_READ(task, mm, arg_start);
	__u64 bytes = BPF_CORE_READ(task, mm, arg_end) - from;
	struct applet_walk walk = { .s = scratch(0) };
	struct applet_words words;

	if (!out)
		return -1;
	out->number = APPLET_ODD;
	if (!walk.s)
		return -1;
	walk.bytes = bytes < APPLET_READ ? bytes : APPLET_READ;
	if (from && walk.bytes && !bpf_probe_read_user(walk.s->applet, walk.bytes, (void *)from)) {
		applet_begin(&walk.reading, own);
		bpf_loop(APPLET_READ, take_applet, &walk, 0);
		words = (struct applet_words){ (const __u8 *)walk.s->applet, walk.bytes, bytes <= APPLET_READ };
		out->number = applet_end(&walk.reading, &words);
		out->start = walk.reading.start;
		out->length = walk.reading.length;
	}
	name_odd(walk.s, out);
	return 0;
}

#endif
