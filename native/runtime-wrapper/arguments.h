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
	bool is_exec;   /* it starts a program in one that runs */
	const char *bundle;
	const char *container;
};

/* `words` end with NULL; the first is the program's name. */
void read_arguments(char *const *words, struct arguments *arguments);

enum exec_kind {
	EXEC_PROCESS, /* a file with all of it */
	EXEC_CAPABILITY,
};

/* A word of `exec` that says what the program gets. */
struct exec_word {
	enum exec_kind kind;
	const char *value; /* NULL: there is none */
};

/* The words behind the verb `exec`. */
char *const *exec_words(char *const *words, const struct arguments *arguments);

/* Goes on to the next of them that says what the program gets. False when there is none. */
bool next_exec_word(char *const **at, struct exec_word *word);

#endif
