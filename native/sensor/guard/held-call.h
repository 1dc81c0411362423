/* The system call that a held thread is in. */
#ifndef SEAWALL_HELD_CALL_H
#define SEAWALL_HELD_CALL_H

#ifndef __bpf__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

#include "../../include/wire.h"

/* As the program in the kernel writes it. */
struct held_call {
	uint32_t thread;
	uint8_t known;  /* 0: there is no such thread */
	uint8_t compat; /* a 32-bit call, with numbers of its own */
	uint8_t crowded; /* its memory is being changed: who reads there now waits, as long as the thread's process likes */
	uint8_t reserved;
	uint64_t number;
	uint64_t instruction; /* address of the code that called */
	uint64_t arguments[3];
};

/* The same of an open file. */
struct held_file {
	uint32_t file;
	uint8_t known;
	uint8_t written; /* somebody may write to it */
	uint8_t silent;  /* what is written through a mapping leaves its times as they are */
	uint8_t reserved;
	struct wire_file identity; /* as the programs in the kernel see it: an overlay's by its layer */
};

#ifndef __bpf__

/* What a call that opens a file asks for. */
struct held_open {
	bool exec;
	bool writes;
	bool closes_on_exec;
};

/* Loads the programs that read registers. 0, or a negative errno. */
int held_call_open(void);

/* The call of a thread that waits for an answer; false when it cannot be had: the thread is gone. */
bool held_call_read(uint32_t thread, struct held_call *call);

/* Whether the arguments and mappings of a thread's process can be read now without waiting for it. */
bool held_call_readable(uint32_t thread);

/* What of an open file may change, also through a mapping, which shows nowhere else. */
enum held_change {
	HELD_WRITTEN, /* somebody may write to it, or nothing is known of it */
	HELD_SILENT,  /* nobody may; who does so later may leave its times as they are: on a tmpfs */
	HELD_STILL,
};

enum held_change held_file_change(int file);

/* Identity of an open file as the programs in the kernel have it: of an overlay's file, the inode of its layer. False, and
 * `identity` as it was, where the kernel does not say. */
bool held_file_identity(int file, struct wire_file *identity);

struct held_open held_call_opens(const struct held_call *call);

/* The path that a call asks for, as its thread gave it: what it leads to may have changed since. Its length, 0 where it
 * cannot be read. The memory must be readable (see above). */
size_t held_call_path(const struct held_call *call, char *path, size_t size);

#endif
#endif
