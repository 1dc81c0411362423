#include "code-file.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../../include/wire.h"

/* The one list of code by the end of its name. */
static const struct {
	const char *end;
	uint8_t kind;
	uint16_t languages;
} ends[] = {
	{ ".jar", WIRE_CODE_JAVA, CODE_JVM },
	{ ".war", WIRE_CODE_JAVA, CODE_JVM },
	{ ".ear", WIRE_CODE_JAVA, CODE_JVM },
	{ ".class", WIRE_CODE_JAVA, CODE_JVM },
	{ ".jsp", WIRE_CODE_JAVA, CODE_JVM },
	{ ".jspx", WIRE_CODE_JAVA, CODE_JVM },
	{ ".jspf", WIRE_CODE_JAVA, CODE_JVM },
	{ ".tag", WIRE_CODE_JAVA, CODE_JVM },
	{ ".jmod", WIRE_CODE_JAVA, CODE_JVM },
	{ ".groovy", WIRE_CODE_JAVA, CODE_JVM },
	{ ".py", WIRE_CODE_SCRIPT, CODE_PYTHON },
	{ ".pyc", WIRE_CODE_SCRIPT, CODE_PYTHON },
	{ ".pyo", WIRE_CODE_SCRIPT, CODE_PYTHON },
	{ ".pyw", WIRE_CODE_SCRIPT, CODE_PYTHON },
	{ ".pyz", WIRE_CODE_SCRIPT, CODE_PYTHON },
	{ ".whl", WIRE_CODE_SCRIPT, CODE_PYTHON },
	{ ".egg", WIRE_CODE_SCRIPT, CODE_PYTHON },
	{ ".pth", WIRE_CODE_SCRIPT, CODE_PYTHON },
	{ ".js", WIRE_CODE_SCRIPT, CODE_JAVASCRIPT },
	{ ".mjs", WIRE_CODE_SCRIPT, CODE_JAVASCRIPT },
	{ ".cjs", WIRE_CODE_SCRIPT, CODE_JAVASCRIPT },
	{ ".ts", WIRE_CODE_SCRIPT, CODE_JAVASCRIPT },
	{ ".mts", WIRE_CODE_SCRIPT, CODE_JAVASCRIPT },
	{ ".wasm", WIRE_CODE_SCRIPT, CODE_JAVASCRIPT },
	{ ".php", WIRE_CODE_SCRIPT, CODE_PHP },
	{ ".phtml", WIRE_CODE_SCRIPT, CODE_PHP },
	{ ".phar", WIRE_CODE_SCRIPT, CODE_PHP },
	{ ".php5", WIRE_CODE_SCRIPT, CODE_PHP },
	{ ".php7", WIRE_CODE_SCRIPT, CODE_PHP },
	{ ".inc", WIRE_CODE_SCRIPT, CODE_PHP },
	{ ".pl", WIRE_CODE_SCRIPT, CODE_PERL },
	{ ".pm", WIRE_CODE_SCRIPT, CODE_PERL },
	{ ".cgi", WIRE_CODE_SCRIPT, CODE_PERL | CODE_SHELL | CODE_PYTHON },
	{ ".rb", WIRE_CODE_SCRIPT, CODE_RUBY },
	{ ".gem", WIRE_CODE_SCRIPT, CODE_RUBY },
	{ ".sh", WIRE_CODE_SCRIPT, CODE_SHELL },
	{ ".bash", WIRE_CODE_SCRIPT, CODE_SHELL },
	{ ".zsh", WIRE_CODE_SCRIPT, CODE_SHELL },
	{ ".lua", WIRE_CODE_SCRIPT, CODE_LUA },
	{ ".luac", WIRE_CODE_SCRIPT, CODE_LUA },
	{ ".tcl", WIRE_CODE_SCRIPT, CODE_TCL },
	{ ".awk", WIRE_CODE_SCRIPT, CODE_AWK },
	{ ".dll", WIRE_CODE_SCRIPT, CODE_DOTNET },
	{ ".so", WIRE_CODE_LIBRARY, CODE_ANY },
};

/* Ends of what compilers make, and how it begins then; NULL: as Python's byte code does. */
static const struct {
	const char *end, *magic;
} compiled_ends[] = {
	{ ".jar", "PK\3\4" }, { ".war", "PK\3\4" }, { ".ear", "PK\3\4" }, { ".class", "\xca\xfe\xba\xbe" },
	{ ".dll", "MZ" },     { ".pyc", NULL },     { ".pyo", NULL },
};

/* Programs by the beginning of their name: `python3.13`, `php-fpm8.2`. Behind it may stand a version. */
static const struct {
	const char *name;
	uint16_t languages;
} programs[] = {
	{ "sh", CODE_SHELL },        { "bash", CODE_SHELL },
	{ "dash", CODE_SHELL },      { "ash", CODE_SHELL },
	{ "zsh", CODE_SHELL },       { "ksh", CODE_SHELL },
	{ "mksh", CODE_SHELL },      { "yash", CODE_SHELL },
	{ "rbash", CODE_SHELL },     { "bash-static", CODE_SHELL },
	{ "csh", CODE_SHELL },       { "tcsh", CODE_SHELL },
	{ "fish", CODE_SHELL },      { "zsh-static", CODE_SHELL },
	{ "python", CODE_PYTHON },   { "pypy", CODE_PYTHON },
	{ "uwsgi", CODE_PYTHON },    { "perl", CODE_PERL },
	{ "ruby", CODE_RUBY },       { "jruby", CODE_RUBY | CODE_JVM },
	{ "node", CODE_JAVASCRIPT }, { "nodejs", CODE_JAVASCRIPT },
	{ "bun", CODE_JAVASCRIPT },  { "deno", CODE_JAVASCRIPT },
	{ "qjs", CODE_JAVASCRIPT },  { "php", CODE_PHP },
	{ "php-fpm", CODE_PHP },     { "php-cgi", CODE_PHP },
	{ "apache", CODE_PHP },      { "httpd", CODE_PHP },
	{ "frankenphp", CODE_PHP },  { "lua", CODE_LUA },
	{ "luajit", CODE_LUA },      { "tclsh", CODE_TCL },
	{ "wish", CODE_TCL },        { "expect", CODE_TCL },
	{ "java", CODE_JVM },        { "jsvc", CODE_JVM },
	{ "jshell", CODE_JVM },      { "dotnet", CODE_DOTNET },
	{ "mono", CODE_DOTNET },     { "gawk", CODE_AWK },
	{ "mawk", CODE_AWK },        { "awk", CODE_AWK },
};

const char *code_last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* `libx.so.1.2` is a library too. */
static bool is_numbered_library(const char *name)
{
	const char *so = strstr(name, ".so.");

	return so != NULL && strspn(so + 4, "0123456789.") == strlen(so + 4);
}

static bool is_library(const uint8_t *head, size_t length)
{
	return length >= 18 && memcmp(head, ELFMAG, SELFMAG) == 0 && head[16] == ET_DYN;
}

static bool begins(const uint8_t *head, size_t length, const char *magic)
{
	size_t size = strlen(magic);

	return length >= size && memcmp(head, magic, size) == 0;
}

static bool is_byte_code(const uint8_t *head, size_t length)
{
	return length >= 16 && head[2] == '\r' && head[3] == '\n' && memchr(head, '\0', length) != NULL;
}

static bool ends_so(const char *name, const char *end)
{
	size_t length = strlen(name), size = strlen(end);

	return length > size && strcasecmp(name + length - size, end) == 0;
}

static bool is_compiled(const char *name, const uint8_t *head, size_t length)
{
	for (size_t at = 0; at < sizeof(compiled_ends) / sizeof(*compiled_ends); at++) {
		const char *magic = compiled_ends[at].magic;

		if (ends_so(name, compiled_ends[at].end))
			return magic == NULL ? is_byte_code(head, length) : begins(head, length, magic);
	}
	return false;
}

static void judge_name(struct code_file *file, const char *name)
{
	for (size_t at = 0; at < sizeof(ends) / sizeof(*ends); at++) {
		if (ends_so(name, ends[at].end)) {
			file->kind = ends[at].kind;
			file->languages = ends[at].languages;
			return;
		}
	}
	if (is_numbered_library(name)) {
		file->kind = WIRE_CODE_LIBRARY;
		file->languages = CODE_ANY;
	}
}

static void judge_content(struct code_file *file, const uint8_t *head, size_t length)
{
	if (begins(head, length, "\xca\xfe\xba\xbe")) {
		file->kind = WIRE_CODE_JAVA;
		file->languages = CODE_JVM;
		file->compiled = true;
	} else if (begins(head, length, "#!")) {
		file->kind = WIRE_CODE_SCRIPT;
		file->languages = CODE_ANY;
	} else if (length >= 5 && strncasecmp((const char *)head, "<?php", 5) == 0) {
		file->kind = WIRE_CODE_SCRIPT;
		file->languages = CODE_PHP;
	} else if (is_byte_code(head, length)) {
		file->kind = WIRE_CODE_SCRIPT;
		file->languages = CODE_PYTHON;
	}
}

struct code_file code_file_of(const char *path, const uint8_t *head, size_t length)
{
	struct code_file file = { 0 };

	judge_name(&file, code_last_part(path));
	if (file.kind == WIRE_CODE_LIBRARY)
		file = (struct code_file){ 0 }; /* by its name only */
	file.compiled = is_compiled(code_last_part(path), head, length);
	file.library = is_library(head, length);
	if (file.kind == 0)
		judge_content(&file, head, length);
	return file;
}

/* What may stand behind a program's name: a version, and behind that with a dash anything: `perl5.40-x86_64-linux-gnu`. */
static bool is_version(const char *text)
{
	size_t length = strspn(text, "0123456789.-mtdu");

	if (text[length] == '\0')
		return true;
	return length > 0 && text[length - 1] == '-' && strcspn(text, "0123456789") < length;
}

static unsigned languages_of_name(const char *name)
{
	for (size_t at = 0; at < sizeof(programs) / sizeof(*programs); at++) {
		size_t size = strlen(programs[at].name);

		if (strncmp(name, programs[at].name, size) == 0 && is_version(name + size))
			return programs[at].languages;
	}
	return 0;
}

bool code_is_many_in_one(const char *name)
{
	return strncmp(name, "busybox", 7) == 0 || strncmp(name, "toybox", 6) == 0;
}

bool code_is_loader(const char *name)
{
	return strncmp(name, "ld-", 3) == 0 || strncmp(name, "ld.so", 5) == 0 || strncmp(name, "ld64.so", 7) == 0;
}

/* Name of the program that runs; `length` becomes that of the words before its arguments. Many in one may be told so again. */
static const char *name_of(const char *program, const char *words, size_t *length)
{
	const char *name = code_last_part(program);
	size_t at = strlen(words) + 1;

	if (code_is_many_in_one(name)) {
		name = code_last_part(words);
		if (*name == '-') /* a login shell */
			name++;
		for (; code_is_many_in_one(name) && at < *length; at += strlen(words + at) + 1)
			name = code_last_part(words + at);
	}
	if (at < *length)
		*length = at;
	return name;
}

unsigned code_languages_of(const char *program, const char *words, size_t length)
{
	return languages_of_name(name_of(program, words, &length));
}

size_t code_name_length(const char *program, const char *words, size_t length)
{
	name_of(program, words, &length);
	return length;
}

static enum code_start start_of_script(const uint8_t *head, size_t length, char *runner, size_t size)
{
	size_t at = 2;
	size_t out = 0;

	while (at < length && (head[at] == ' ' || head[at] == '\t'))
		at++;
	while (at < length && out + 1 < size && strchr(" \t\n\r", head[at]) == NULL)
		runner[out++] = (char)head[at++];
	runner[out] = '\0';
	return CODE_START_SCRIPT;
}

struct piece {
	int file;
	const uint8_t *head;
	size_t length;
};

/* From the beginning that was read already, where it reaches. */
static size_t piece_read(const struct piece *piece, void *to, uint64_t offset, size_t size)
{
	ssize_t got;

	if (offset <= piece->length && size <= piece->length - offset) {
		memcpy(to, piece->head + offset, size);
		return size;
	}
	got = pread(piece->file, to, size, (off_t)offset);
	return got < 0 ? 0 : (size_t)got;
}

enum code_start code_start_of(int file, const uint8_t *head, size_t length, char *runner, size_t size)
{
	Elf64_Ehdr program;
	Elf64_Phdr part;

	runner[0] = '\0';
	if (length >= 2 && head[0] == '#' && head[1] == '!')
		return start_of_script(head, length, runner, size);
	if (length < sizeof(program) || memcmp(head, ELFMAG, SELFMAG) != 0 || head[EI_CLASS] != ELFCLASS64)
		return CODE_START_PLAIN;
	memcpy(&program, head, sizeof(program));
	if (program.e_phentsize != sizeof(part) || program.e_phnum > 32)
		return CODE_START_PLAIN;
	for (int at = 0; at < program.e_phnum; at++) {
		struct piece piece = { file, head, length };
		size_t got;

		if (piece_read(&piece, &part, program.e_phoff + (size_t)at * sizeof(part), sizeof(part)) !=
		    sizeof(part))
			break;
		if (part.p_type != PT_INTERP)
			continue;
		got = piece_read(&piece, runner, part.p_offset, part.p_filesz < size - 1 ? part.p_filesz : size - 1);
		runner[got] = '\0';
		return CODE_START_LOADER;
	}
	return CODE_START_PLAIN;
}
