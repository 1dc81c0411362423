/* What runc is called with, read as runc reads it (Go's `flag` behind urfave/cli 1.22). */
#ifndef SEAWALL_ARGUMENTS_H
#define SEAWALL_ARGUMENTS_H

#include <stdbool.h>

/* Pointers into the words; NULL: not given. */
struct arguments {
	const char *root;
	const char *log;
	const char *log_format;
	const char *verb;
	bool is_judged; /* the verb starts a container: create, run, restore */
	const char *bundle;
	const char *container;
};

/* `words` end with NULL; the first is the program's name. */
void read_arguments(char *const *words, struct arguments *arguments);

#endif
