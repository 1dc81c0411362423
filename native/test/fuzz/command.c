/* Reads arbitrary words as an interpreter's command line and as its environment: the first two bytes say which languages,
 * and which words are the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../sensor/guard/code-file.h"
#include "../../sensor/guard/command.h"

struct words {
	const char *from;
	size_t length;
	uint8_t wanted;
	bool met;
};

static bool is_file(void *ctx, const char *word)
{
	struct words *words = ctx;
	size_t length = strlen(word);

	words->met = (uint8_t)(length * 31 + (uint8_t)word[0]) == words->wanted;
	return words->met;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct words words = { 0 };
	unsigned languages;
	char *text;

	if (size < 3)
		return 0;
	languages = (data[0] | data[1] << 8) & CODE_ANY;
	words.wanted = data[2];
	text = malloc(size - 2); /* and a NUL at its end, as the words of a process have */
	memcpy(text, data + 3, size - 3);
	text[size - 3] = '\0';
	command_runs(languages, text, size - 3, is_file, &words);
	command_loads(text, size - 3, is_file, &words);
	command_is_variable(text);
	free(text);
	return 0;
}
