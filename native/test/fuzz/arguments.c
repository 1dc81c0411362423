/* Words of any kind, a line each: what is read are parts of them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime-wrapper/arguments.h"

#define MOST 64

static void check(const char *value, const char *from, size_t bytes)
{
	if (value && (value < from || value > from + bytes))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *words[MOST + 2] = { "runc" }, *next = text;
	struct arguments arguments;
	int count = 1;

	memcpy(text, data, size);
	text[size] = 0;
	while (count <= MOST && next)
		words[count++] = strsep(&next, "\n");
	words[count] = NULL;
	read_arguments(words, &arguments);
	check(arguments.root, text, size);
	check(arguments.log, text, size);
	check(arguments.log_format, text, size);
	check(arguments.verb, text, size);
	check(arguments.bundle, text, size);
	check(arguments.container, text, size);
	if (arguments.is_judged && !arguments.verb)
		abort();
	free(text);
	return 0;
}
