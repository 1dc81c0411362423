#include "arguments.h"

#include <stdlib.h>
#include <string.h>

/* What a flag takes. */
enum kind {
	UNKNOWN,
	ALONE, /* nothing but `=true` and the like */
	VALUE,
};

struct flag {
	const char *name;
	enum kind kind;
};

static const struct flag global_flags[] = {
	{ "root", VALUE },           { "log", VALUE },      { "log-format", VALUE },
	{ "criu", VALUE },           { "rootless", VALUE }, { "debug", ALONE },
	{ "systemd-cgroup", ALONE }, { "help", ALONE },     { "h", ALONE },
	{ "version", ALONE },        { "v", ALONE },        { NULL, UNKNOWN },
};

/* Of create, run and restore together: none of them gives a name another meaning. */
static const struct flag verb_flags[] = {
	{ "bundle", VALUE },
	{ "b", VALUE },
	{ "console-socket", VALUE },
	{ "pidfd-socket", VALUE },
	{ "pid-file", VALUE },
	{ "preserve-fds", VALUE },
	{ "image-path", VALUE },
	{ "work-path", VALUE },
	{ "manage-cgroups-mode", VALUE },
	{ "empty-ns", VALUE },
	{ "lsm-profile", VALUE },
	{ "lsm-mount-context", VALUE },
	{ "no-pivot", ALONE },
	{ "no-new-keyring", ALONE },
	{ "no-subreaper", ALONE },
	{ "keep", ALONE },
	{ "detach", ALONE },
	{ "d", ALONE },
	{ "tcp-established", ALONE },
	{ "ext-unix-sk", ALONE },
	{ "shell-job", ALONE },
	{ "file-locks", ALONE },
	{ "auto-dedup", ALONE },
	{ "lazy-pages", ALONE },
	{ "help", ALONE },
	{ "h", ALONE },
	{ NULL, UNKNOWN },
};

static const struct flag exec_flags[] = {
	{ "console-socket", VALUE },
	{ "pidfd-socket", VALUE },
	{ "cwd", VALUE },
	{ "env", VALUE },
	{ "e", VALUE },
	{ "user", VALUE },
	{ "u", VALUE },
	{ "additional-gids", VALUE },
	{ "g", VALUE },
	{ "process", VALUE },
	{ "p", VALUE },
	{ "pid-file", VALUE },
	{ "process-label", VALUE },
	{ "apparmor", VALUE },
	{ "cap", VALUE },
	{ "c", VALUE },
	{ "preserve-fds", VALUE },
	{ "cgroup", VALUE },
	{ "tty", ALONE },
	{ "t", ALONE },
	{ "detach", ALONE },
	{ "d", ALONE },
	{ "no-new-privs", ALONE },
	{ "ignore-paused", ALONE },
	{ "help", ALONE },
	{ "h", ALONE },
	{ NULL, UNKNOWN },
};

static const char *const judged_verbs[] = { "create", "run", "restore", NULL };
static const char *const other_verbs[] = {
	"checkpoint", "delete", "events", "exec", "features", "help",  "init",   "kill", "list",
	"pause",      "ps",     "resume", "spec", "start",    "state", "update", NULL,
};

static bool is_one_of(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

/* A word as a flag: its name without dashes, and what follows `=`. */
struct word {
	const char *name;
	size_t name_bytes;
	const char *value; /* NULL: none in this word */
};

static bool is_flag(const char *text, struct word *word)
{
	if (text[0] != '-' || !text[1] || strcmp(text, "--") == 0)
		return false;
	word->name = text + (text[1] == '-' ? 2 : 1);
	word->name_bytes = strcspn(word->name, "=");
	word->value = word->name[word->name_bytes] ? word->name + word->name_bytes + 1 : NULL;
	return true;
}

static bool is_named(const struct word *word, const char *name)
{
	return strlen(name) == word->name_bytes && strncmp(name, word->name, word->name_bytes) == 0;
}

static enum kind kind_of(const struct flag *flags, const struct word *word)
{
	for (; flags->name; flags++)
		if (is_named(word, flags->name))
			return flags->kind;
	return UNKNOWN;
}

static void take_global(struct arguments *arguments, const struct word *word)
{
	if (is_named(word, "root"))
		arguments->root = word->value;
	else if (is_named(word, "log"))
		arguments->log = word->value;
	else if (is_named(word, "log-format"))
		arguments->log_format = word->value;
}

/* Words until the verb. A flag of a runc to come has a value unless a flag or a verb follows it. */
static char *const *read_globals(char *const *at, struct arguments *arguments)
{
	struct word word;

	for (; *at && is_flag(*at, &word); at++) {
		enum kind kind = kind_of(global_flags, &word);
		const char *next = at[1];

		if (!word.value && next && kind == UNKNOWN)
			kind = next[0] == '-' || is_one_of(judged_verbs, next) || is_one_of(other_verbs, next) ? ALONE
													       : VALUE;
		if (!word.value && next && kind == VALUE)
			word.value = *++at;
		take_global(arguments, &word);
	}
	return *at && strcmp(*at, "--") == 0 ? at + 1 : at;
}

static void take_flag(struct arguments *arguments, const struct word *word)
{
	if (is_named(word, "bundle") || is_named(word, "b"))
		arguments->bundle = word->value;
}

/*
 * Words behind the verb. runc takes flags from among them in any order, until `--`; the first of the rest is the
 * container. A flag of a runc to come has a value, unless what follows is a flag or the last word.
 */
static void read_behind_verb(char *const *at, struct arguments *arguments)
{
	bool is_over = false;
	struct word word;

	for (; *at; at++) {
		if (!is_over && strcmp(*at, "--") == 0) {
			is_over = true;
		} else if (!is_over && is_flag(*at, &word)) {
			enum kind kind = kind_of(verb_flags, &word);
			const char *next = at[1];

			if (!word.value && next && kind == UNKNOWN)
				kind = next[0] != '-' && at[2] ? VALUE : ALONE;
			if (!word.value && next && kind == VALUE)
				word.value = *++at;
			take_flag(arguments, &word);
		} else if (!arguments->container) {
			arguments->container = *at;
		}
	}
}

char *const *exec_words(char *const *words, const struct arguments *arguments)
{
	while (*words && *words != arguments->verb)
		words++;
	return *words ? words + 1 : words;
}

/* A flag and its value; false at the container. runc takes no flags of `exec` behind that. */
static bool next_exec_flag(char *const **at, struct word *word)
{
	if (!**at || strcmp(**at, "--") == 0 || !is_flag(**at, word))
		return false;
	if (!word->value && (*at)[1]) {
		enum kind kind = kind_of(exec_flags, word);
		const char *next = (*at)[1];

		if (kind == VALUE || (kind == UNKNOWN && next[0] != '-' && (*at)[2]))
			word->value = *++*at;
	}
	++*at;
	return true;
}

bool next_exec_word(char *const **at, struct exec_word *word)
{
	struct word flag;

	while (next_exec_flag(at, &flag)) {
		word->value = flag.value;
		word->kind = is_named(&flag, "cap") || is_named(&flag, "c") ? EXEC_CAPABILITY : EXEC_PROCESS;
		if (word->kind == EXEC_CAPABILITY || is_named(&flag, "process") || is_named(&flag, "p"))
			return true;
	}
	return false;
}

static const char *container_of_exec(char *const *at)
{
	struct word flag;

	while (next_exec_flag(&at, &flag))
		;
	return *at && strcmp(*at, "--") == 0 ? at[1] : *at;
}

void read_arguments(char *const *words, struct arguments *arguments)
{
	char *const *at;

	memset(arguments, 0, sizeof(*arguments));
	if (!words[0])
		return;
	at = read_globals(words + 1, arguments);
	arguments->verb = *at;
	arguments->is_judged = *at && is_one_of(judged_verbs, *at);
	arguments->is_exec = *at && strcmp(*at, "exec") == 0;
	if (arguments->is_judged)
		read_behind_verb(at + 1, arguments);
	else if (arguments->is_exec)
		arguments->container = container_of_exec(at + 1);
}
