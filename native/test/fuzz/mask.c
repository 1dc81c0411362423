/* Masks arbitrary bytes as words: they become no longer, and as many as before. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../sensor/mask.h"

static size_t words_of(const char *text, size_t size)
{
	size_t words = 0;

	for (size_t at = 0; at < size; at++)
		words += text[at] == '\0';
	return words;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	size_t words, length;

	memcpy(text, data, size);
	words = words_of(text, size);
	length = mask_argv(text, size);
	if (length > size || words_of(text, length) != words)
		abort();
	free(text);
	return 0;
}
