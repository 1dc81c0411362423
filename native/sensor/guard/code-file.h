/* Which files are code, and which programs run it. */
#ifndef SEAWALL_CODE_FILE_H
#define SEAWALL_CODE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODE_HEAD 1024 /* so much of a file's beginning is looked at: an ELF program names its loader there */

/* Languages, as bits: of a file those that it may be written in, of a program those that it runs. */
enum code_language {
	CODE_SHELL = 1 << 0,
	CODE_PYTHON = 1 << 1,
	CODE_PERL = 1 << 2,
	CODE_RUBY = 1 << 3,
	CODE_JAVASCRIPT = 1 << 4,
	CODE_PHP = 1 << 5,
	CODE_LUA = 1 << 6,
	CODE_TCL = 1 << 7,
	CODE_JVM = 1 << 8,
	CODE_DOTNET = 1 << 9,
	CODE_AWK = 1 << 10,
	CODE_ANY = (1 << 11) - 1,
};

struct code_file {
	uint8_t kind; /* wire_code_kind; 0: not code as far as name and content tell */
	uint16_t languages;
	bool library;  /* by its content; what else its name says that it is stands in `kind` */
	bool compiled; /* by name and content; nothing that an interpreter of source runs */
};

/* A name without its folders. */
const char *code_last_part(const char *path);
struct code_file code_file_of(const char *path, const uint8_t *head, size_t length);

/* Languages that a program runs; `words`, ended by a NUL each, are its name and arguments: busybox is many programs. */
unsigned code_languages_of(const char *program, const char *words, size_t length);

/* Bytes of `words` before the first argument: the program's name, and that of the program in it. */
size_t code_name_length(const char *program, const char *words, size_t length);

/* A dynamic loader, which as a program runs another one. */
bool code_is_loader(const char *name);

/* A program that is many in one, such as busybox: which one its words say. */
bool code_is_many_in_one(const char *name);

/* Program that a script or an ELF program names as what runs it. Empty when there is none. */
enum code_start { CODE_START_PLAIN, CODE_START_SCRIPT, CODE_START_LOADER };
enum code_start code_start_of(int file, const uint8_t *head, size_t length, char *runner, size_t size);

#endif
