/* The runtime that does the work. */
#ifndef SEAWALL_RUNTIME_H
#define SEAWALL_RUNTIME_H

#include <stdbool.h>

bool is_this_program(const char *path);

/* Becomes the runtime, with the same words, environment and descriptors. Returns only when there is none: why not. */
const char *become_runtime(const char *path, char *const *words);

struct ending {
	int status;        /* as waitpid has it */
	const char *wrong; /* not NULL: it could not be started, and why */
};

/* Runs it as a child that ends when this process does. What signals come meanwhile are the child's. */
struct ending run_runtime(const char *path, char *const *words);

/* Ends this process as the child ended. */
void end_as(int status) __attribute__((noreturn));

#endif
