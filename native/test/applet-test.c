/* The rule on applets by its table: `applet-test FILE`. A row is own name (`-`: none), words with `|` for the NUL that ends
 * each, the applet, and its number in hex. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sensor/applet.h"

static unsigned long cases, wrong;

/* As the kernel's program does it; `name` gets what is told. */
static uint64_t applet_of(const char *words, size_t bytes, uint32_t own, char *name)
{
	size_t read = bytes < APPLET_READ ? bytes : APPLET_READ, at;
	struct applet_reading reading;
	struct applet_words all = { (const uint8_t *)words, (uint32_t)read, bytes <= APPLET_READ };
	uint64_t number;

	applet_begin(&reading, own);
	for (at = 0; at < read && !reading.done; at++)
		applet_take(&reading, words[at]);
	number = applet_end(&reading, &all);
	strcpy(name, "{odd}");
	if (number != APPLET_ODD) {
		memcpy(name, words + reading.start, reading.length);
		name[reading.length] = '\0';
	}
	return number;
}

static uint32_t own_of(const char *name)
{
	uint64_t hash = APPLET_BASIS;

	if (!strcmp(name, "-"))
		return 0;
	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * APPLET_PRIME;
	return hash;
}

static void try_row(char *own, char *words, const char *due, const char *number)
{
	size_t bytes = strlen(words), at;
	char name[APPLET_READ + 1];
	uint64_t said;

	for (at = 0; at < bytes; at++)
		words[at] = words[at] == '|' ? '\0' : words[at];
	said = applet_of(words, bytes, own_of(own), name);
	cases++;
	if (!strcmp(name, due) && said == strtoull(number, NULL, 16))
		return;
	wrong++;
	fprintf(stderr, "%s, %s: %s %" PRIx64 "; due are %s %s\n", own, words, name, said, due, number);
}

int main(int count, char **given)
{
	FILE *file = count == 2 ? fopen(given[1], "r") : NULL;
	char row[2048];

	while (file && fgets(row, sizeof(row), file)) {
		char *column[4], *rest = row;
		int i;

		row[strcspn(row, "\n")] = '\0';
		for (i = 0; i < 4; i++)
			column[i] = rest ? strsep(&rest, "\t") : "";
		if (row[0] != '#')
			try_row(column[0], column[1], column[2], column[3]);
	}
	printf("%lu applets\n", cases);
	return !cases || wrong != 0;
}
