/* Reads arbitrary bytes as the beginning of a file that a container opens, as a name and as words. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../include/wire.h"
#include "../../sensor/guard/code-file.h"

#define RUNNER 32

/* The first bytes were read before; the rest is read where it is needed. */
static void start(const uint8_t *data, size_t size)
{
	static int file = -1;
	size_t length = size < CODE_HEAD ? size : CODE_HEAD;
	uint8_t *head = malloc(length + 1);
	char *runner = malloc(RUNNER);
	enum code_start found;

	if (file < 0)
		file = memfd_create("fuzz", MFD_CLOEXEC);
	if (ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size)
		abort();
	memcpy(head, data, length);
	head = realloc(head, length ? length : 1);
	found = code_start_of(file, head, length, runner, RUNNER);
	if (memchr(runner, '\0', RUNNER) == NULL || (found == CODE_START_PLAIN && runner[0] != '\0'))
		abort();
	free(runner);
	free(head);
}

/* Name, program and words, each up to a NUL. */
static void names(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 3);
	const char *program, *words;
	struct code_file file;
	size_t length;

	memcpy(text, data, size);
	memset(text + size, 0, 3);
	program = text + strlen(text) + (strlen(text) < size);
	words = program + strlen(program) + (program + strlen(program) < text + size);
	length = (size_t)(text + size - words);
	file = code_file_of(text, data, size);
	if ((file.kind != 0 && file.languages == 0) || (file.languages & ~CODE_ANY) != 0)
		abort();
	if ((code_languages_of(program, words, length) & ~(unsigned)CODE_ANY) != 0)
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	start(data, size);
	names(data, size);
	return 0;
}
