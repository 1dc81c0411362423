#include "command.h"

#include <stdint.h>
#include <string.h>

#include "code-file.h"

#define CANDIDATES_MAX 1024 /* words that are looked up for one question; with more, it counts as named */
#define PIECE_MAX 4096

/* Options of an interpreter. Letters may stand together behind one dash. Lists of words end with NULL. */
struct grammar {
	uint16_t language;
	const char *text;     /* letters: code stands in the next word or behind the letter; no file is run */
	const char *file;     /* letters with a file of code */
	const char *value;    /* letters with another value, behind the letter or in the next word */
	const char *attached; /* letters with a value behind the letter, if any */
	const char *const *texts, *const *files, *const *values; /* the same as whole words */
	enum {
		PLAIN,
		MAY_HAVE_VALUE, /* a long option that is not listed may have a value in the next word */
		FILE_IS_ALL,    /* an option's file is run in the place of a word */
		PATHS,          /* so too, and options hold paths of code */
	} more;
	uint8_t operands; /* words that may name the code */
};

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct grammar grammars[] = {
	{ CODE_SHELL, "cs", "", "oO", "", WORDS(""), WORDS("--rcfile", "--init-file", "-rcfile", "-init-file"),
	  WORDS("--emulate"), PLAIN, 1 },
	{ CODE_PYTHON, "cm", "", "WXQ", "", WORDS("-"), WORDS(""), WORDS("--check-hash-based-pycs"), PLAIN, 1 },
	{ CODE_PERL, "eE", "", "I", "MmFx0liCDVd", WORDS("-"), WORDS(""), WORDS(""), PLAIN, 1 },
	{ CODE_RUBY, "e", "r", "IECX", "0FxiKT", WORDS("-"), WORDS("--require"),
	  WORDS("--encoding", "--external-encoding", "--internal-encoding", "--enable", "--disable",
		"--backtrace-limit"),
	  PLAIN, 1 },
	{ CODE_JAVASCRIPT, "ep", "r", "C", "", WORDS("--eval", "--print", "--run", "-"),
	  WORDS("--require", "--import", "--loader", "--experimental-loader", "--test-reporter", "--snapshot-blob"),
	  WORDS(""), MAY_HAVE_VALUE, 1 },
	{ CODE_PHP, "rBRE", "fF", "dcztS", "", WORDS("--run", "--process-begin", "--process-code", "--process-end"),
	  WORDS("--file", "--process-file"),
	  WORDS("--define", "--php-ini", "--docroot", "--server", "--zend-extension"), FILE_IS_ALL, 1 },
	{ CODE_LUA, "e", "", "l", "", WORDS("-"), WORDS(""), WORDS(""), PLAIN, 1 },
	{ CODE_TCL, "c", "f", "", "", WORDS(""), WORDS(""), WORDS("-encoding"), FILE_IS_ALL, 1 },
	{ CODE_AWK, "", "fEi", "vFle", "", WORDS(""), WORDS("--file", "--exec", "--include"),
	  WORDS("--assign", "--field-separator", "--load", "--source"), MAY_HAVE_VALUE, 0 },
	{ CODE_JVM, "", "", "", "", WORDS("-m", "--module"), WORDS("-jar"),
	  WORDS("-cp", "-classpath", "--class-path", "-p", "--module-path", "--upgrade-module-path", "--add-modules",
		"--add-reads", "--add-exports", "--add-opens", "--limit-modules", "--patch-module", "--source",
		"--enable-native-access"),
	  PATHS, 1 },
	{ CODE_DOTNET, "", "", "", "", WORDS(""), WORDS(""),
	  WORDS("--additionalprobingpath", "--additional-deps", "--depsfile", "--runtimeconfig", "--fx-version",
		"--roll-forward"),
	  PLAIN, 2 },
};

struct reading {
	const char *at, *end; /* of the words that are left */
	command_is_file *is;
	void *ctx;
	unsigned candidates;
	bool no_operands;
	bool found;
};

static const char *next(struct reading *reading)
{
	const char *word = reading->at;

	if (word >= reading->end)
		return NULL;
	reading->at += strlen(word) + 1;
	return word;
}

static void try(struct reading *reading, const char *word)
{
	if (word == NULL || word[0] == '\0' || reading->found)
		return;
	reading->found = ++reading->candidates > CANDIDATES_MAX || reading->is(reading->ctx, word);
}

/* Paths stand between `:`, and behind `=`; an agent's options behind its own `=`; a file of arguments behind `@`. */
static void try_pieces(struct reading *reading, const char *word)
{
	char piece[PIECE_MAX];

	while (*word != '\0') {
		size_t length = strcspn(word, ":= \t");

		if (length > 0 && length < sizeof(piece)) {
			memcpy(piece, word, length);
			piece[length] = '\0';
			try(reading, piece + (piece[0] == '@'));
		}
		word += length + (word[length] != '\0');
	}
}

/* Length of the word when it is one of the list, also with `=VALUE` behind it; 0 when it is not. */
static size_t is_among(const char *const *list, const char *word)
{
	for (; *list != NULL; list++) {
		size_t length = strlen(*list);

		if (length > 0 && strncmp(word, *list, length) == 0 &&
		    (word[length] == '\0' || (word[length] == '=' && length > 2)))
			return length;
	}
	return 0;
}

static const char *value_of(struct reading *reading, const char *word, size_t length)
{
	return word[length] == '=' ? word + length + 1 : next(reading);
}

static void read_letters(struct reading *reading, const struct grammar *grammar, const char *letter)
{
	for (; *letter != '\0'; letter++) {
		const char *rest = letter + 1;

		if (strchr(grammar->text, *letter) != NULL) {
			reading->no_operands = true;
			if (grammar->language != CODE_SHELL) /* whose letters go on */
				return;
		} else if (strchr(grammar->file, *letter) != NULL) {
			try(reading, *rest != '\0' ? rest : next(reading));
			reading->no_operands |= grammar->more == FILE_IS_ALL;
			return;
		} else if (strchr(grammar->value, *letter) != NULL) {
			if (*rest == '\0')
				next(reading);
			return;
		} else if (strchr(grammar->attached, *letter) != NULL) {
			return;
		}
	}
}

/* Awk's long options may be cut short, and stand behind -W. True when the next word may be the value. */
static bool read_awk_option(struct reading *reading, const char *word)
{
	const char *name = word[1] == 'W' && word[2] == '\0' ? next(reading) : word + 2;
	const char *value = name == NULL ? NULL : strchr(name, '=');

	if (value != NULL)
		try(reading, value + 1);
	return value == NULL;
}

/* Reads an option. True when the next word may be its value. */
static bool read_option(struct reading *reading, const struct grammar *grammar, const char *word)
{
	size_t length;

	if (is_among(grammar->texts, word) > 0) {
		reading->no_operands = true;
	} else if ((length = is_among(grammar->files, word)) > 0) {
		try(reading, value_of(reading, word, length));
		reading->no_operands |= grammar->more >= FILE_IS_ALL;
	} else if ((length = is_among(grammar->values, word)) > 0) {
		const char *value = value_of(reading, word, length);

		if (grammar->more == PATHS && value != NULL)
			try_pieces(reading, value);
	} else if (grammar->more == PATHS) {
		try_pieces(reading, word);
	} else if (grammar->language == CODE_AWK && (word[1] == '-' || word[1] == 'W')) {
		return read_awk_option(reading, word);
	} else if (grammar->language == CODE_SHELL && strcmp(word, "-restricted") == 0) {
		return false; /* one of bash's words, no letters */
	} else if (word[1] == '-') {
		return grammar->more == MAY_HAVE_VALUE && strchr(word, '=') == NULL;
	} else {
		read_letters(reading, grammar, word + 1);
	}
	return false;
}

static bool ends_options(const struct grammar *grammar, const char *word)
{
	return strcmp(word, "--") == 0 || (grammar->language == CODE_SHELL && strcmp(word, "-") == 0);
}

static bool is_option(const struct grammar *grammar, const char *word)
{
	if (grammar->language == CODE_SHELL && word[0] == '+')
		return true;
	return (word[0] == '-' && word[1] != '\0') || is_among(grammar->texts, word) > 0;
}

static void read_words(struct reading *reading, const struct grammar *grammar)
{
	unsigned operands = 0;
	bool options = true, maybe_value = false;
	const char *word;

	while (!reading->found && (word = next(reading)) != NULL) {
		if (options && ends_options(grammar, word)) {
			options = maybe_value = false;
		} else if (options && is_option(grammar, word)) {
			maybe_value = read_option(reading, grammar, word);
		} else {
			if (grammar->more == PATHS && word[0] == '@') {
				try(reading, word + 1);
				continue;
			}
			if (!reading->no_operands && (operands < grammar->operands || maybe_value))
				try(reading, word);
			operands += !maybe_value;
			if (operands >= grammar->operands && !maybe_value)
				return;
			maybe_value = false;
		}
	}
}

/* Of a program that runs code and whose grammar nobody knows, each word may name the file. */
static bool any_word_is(struct reading reading)
{
	const char *word;

	while (!reading.found && (word = next(&reading)) != NULL)
		try(&reading, word);
	return reading.found;
}

bool command_runs(unsigned languages, const char *words, size_t length, command_is_file *is, void *ctx)
{
	const char *end = words + length;

	if (languages == CODE_ANY)
		return any_word_is((struct reading){ words, end, is, ctx, 0, false, false });
	for (size_t at = 0; at < sizeof(grammars) / sizeof(*grammars); at++) {
		struct reading reading = { words, end, is, ctx, 0, false, false };

		if ((grammars[at].language & languages) == 0)
			continue;
		read_words(&reading, &grammars[at]);
		if (reading.found)
			return true;
	}
	return false;
}

bool command_loads(const char *words, size_t length, command_is_file *is, void *ctx)
{
	struct reading reading = { words, words + length, is, ctx, 0, false, false };
	const char *word;

	while (!reading.found && (word = next(&reading)) != NULL) {
		try_pieces(&reading, word);
	}
	return reading.found;
}

bool command_is_variable(const char *variable)
{
	static const char *const names[] = { "CLASSPATH=", "JAVA_TOOL_OPTIONS=", "JDK_JAVA_OPTIONS=",
					     "_JAVA_OPTIONS=" };

	for (size_t at = 0; at < sizeof(names) / sizeof(*names); at++)
		if (strncmp(variable, names[at], strlen(names[at])) == 0)
			return true;
	return false;
}
