/* What the ways of mapping have in common; `main.c` says what the program is for. */
#ifndef MAP_CODE_H
#define MAP_CODE_H

#define _GNU_SOURCE
#include <sys/mman.h>

#define PAGE 4096
#define RX (PROT_READ | PROT_EXEC)
#define RW (PROT_READ | PROT_WRITE)
#define LOW ((char *)0x20000000)

/* A way to map the file and to run it. It does not come back. */
struct way {
	const char *name; /* NULL behind the last one */
	void (*take)(void);
};

extern const struct way file_ways[];
extern const struct way protect_ways[];
extern const struct way shared_ways[];
extern const struct way harmless_ways[];
extern const struct way own_ways[];
extern const struct way other_ways[];

/* The file that is mapped. */
extern const char *path;

/* Runs what was mapped there. Ends the program, with 126 when the kernel refused to map it. */
void run(const void *code);

/* Ends the program unless the call was done, with 126 when the kernel refused it. */
void must(long done);

int code_file(void);

/* Three pages of the file, which may be read only. */
char *readable(void);

/* Copies three pages of the file. */
void fill(char *to);

/* A file in memory with three pages of the file. */
int memory_file(const char *name);

#endif
