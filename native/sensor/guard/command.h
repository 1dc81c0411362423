/* Which files the command line of an interpreter names as code. Read as the interpreter itself reads it, so that no other
 * word that names a file hides the one that is run. */
#ifndef SEAWALL_GUARD_COMMAND_H
#define SEAWALL_GUARD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a word names the file that is asked about. */
typedef bool command_is_file(void *ctx, const char *word);

/* Whether a program of these languages (code_language) is told to run that file by its arguments: `words`, ended by a NUL
 * each, without the program's name. A JVM's file of arguments (`@FILE`) counts as what it runs: those of the image are never asked about. */
bool command_runs(unsigned languages, const char *words, size_t length, command_is_file *is, void *ctx);

/* Whether a JVM has that file on a path of a variable. */
bool command_loads(const char *words, size_t length, command_is_file *is, void *ctx);

/* Whether this variable (`NAME=VALUE`) has paths or options of a JVM. */
bool command_is_variable(const char *variable);

#endif
