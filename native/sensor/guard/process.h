/* What /proc says about a process, read while the kernel holds it or soon afterwards. */
#ifndef SEAWALL_PROCESS_H
#define SEAWALL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* Files behind `statx` in the kernel's encoding of devices. */
#define PROCESS_DEVICE(at) ((uint32_t)(at)->stx_dev_major << 20 | (at)->stx_dev_minor)
#define PROCESS_STATX (STATX_BASIC_STATS | STATX_MNT_ID)

struct process_line {
	uint32_t parent;
	uint64_t start; /* CLOCK_BOOTTIME, ns */
};

/* Length of the path of its program, written to `path` with a terminator; 0 when it cannot be read. */
size_t process_program(uint32_t thread, char *path, size_t size);
/* The program's file. */
bool process_program_file(uint32_t thread, struct statx *file);
/* What a link of its folder in /proc says, ended by a NUL; its length, 0 when it cannot be read. */
size_t process_link(uint32_t thread, const char *name, char *text, size_t size);
/* Its process as its own namespace numbers it; 0 when that cannot be read. */
uint32_t process_inner_number(uint32_t thread);
/* Inode of the namespace that its process ids count in; 0 when it cannot be read. */
uint64_t process_ids(uint32_t thread);
bool process_line(uint32_t thread, struct process_line *line);
/* Process of a thread. */
uint32_t process_of(uint32_t thread);
uint32_t process_uid(uint32_t thread);
/* Arguments as they are in memory, NUL between words and at the end; unmasked. At most `size - 1` bytes. */
size_t process_arguments(uint32_t thread, char *words, size_t size);
/* The same of its environment. Compared with, never kept or reported. */
size_t process_environment(uint32_t thread, char *words, size_t size);

enum process_loader {
	PROCESS_LOADER_NOT = 0,
	PROCESS_LOADER_GLIBC = 1, /* has code of its own: who is in it loads */
	PROCESS_LOADER_MUSL = 2,  /* is the C library too */
};

/* Whether the address is in a dynamic loader. */
enum process_loader process_in_loader(uint32_t thread, uint64_t address);
/* Whether the file is mapped executable. */
bool process_runs_file(uint32_t process, uint64_t inode);
/* True when the thread sees the sensor's own mounts: it is outside of every container. */
bool process_outside(uint32_t thread);

#endif
