/* What the rules of derivations hold for, by a table: language, path, head, tail, the image's files, and whether one does.
 *
 * Fields are separated by tabs. In head and tail `\xNN` is a byte. Files are written PATH:SIZE:TIME, with a comma between. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sensor/guard/code-file.h"
#include "../sensor/guard/derivation-rules.h"

#define FIELDS 6

static size_t bytes_of(const char *text, uint8_t *bytes)
{
	size_t length = 0;

	while (*text != '\0') {
		unsigned byte;

		if (sscanf(text, "\\x%2x", &byte) == 1) {
			bytes[length++] = (uint8_t)byte;
			text += 4;
		} else {
			bytes[length++] = (uint8_t)*text++;
		}
	}
	return length;
}

static unsigned looks;

/* `ctx`: the image's files. */
static bool find(void *ctx, const char *path, struct derivation_source *source)
{
	char files[4096], *at, *rest = NULL;
	unsigned long size, changed;
	size_t length = strlen(path);

	looks++;
	snprintf(files, sizeof(files), "%s", (const char *)ctx);
	for (at = strtok_r(files, ",", &rest); at != NULL; at = strtok_r(NULL, ",", &rest)) {
		if (strncmp(at, path, length) != 0 || at[length] != ':' ||
		    sscanf(at + length, ":%lu:%lu", &size, &changed) != 2)
			continue;
		*source = (struct derivation_source){ size, (int64_t)changed };
		return true;
	}
	return false;
}

static bool holds(char *fields[FIELDS])
{
	uint8_t head[4096], tail[4096];
	struct derivation_product product = { .path = fields[1], .head = head, .tail = tail };
	unsigned language = strcmp(fields[0], "python") == 0 ? CODE_PYTHON
			    : strcmp(fields[0], "php") == 0  ? CODE_PHP
							     : CODE_JVM;
	size_t count;
	const struct derivation *rules = derivations(&count);

	product.head_length = bytes_of(fields[2], head);
	product.tail_length = bytes_of(fields[3], tail);
	for (size_t at = 0; at < count; at++)
		if (rules[at].language == language && derivation_holds(&rules[at], &product, find, fields[4]))
			return true;
	return false;
}

/* However many ways a product's path fits in, each path that it names is looked for once. */
static bool looks_once(void)
{
	char path[2048] = "/a", *fields[FIELDS] = { "php", path, " '/x/a.twig' '/x/b.twig' ", "", "" };

	while (strlen(path) < 1000)
		strcat(path, "/cache/b/ab");
	strcat(path, "/abc.php");
	looks = 0;
	if (!holds(fields) && looks > 0 && looks <= 4)
		return true;
	printf("looked for two paths %u times\n", looks);
	return false;
}

int main(int count, char **words)
{
	FILE *cases = count > 1 ? fopen(words[1], "r") : NULL;
	char line[8192];
	int failed = 0, seen = 0;
	size_t rules;

	derivations(&rules);
	if (cases == NULL || rules < 5)
		return 2;
	while (fgets(line, sizeof(line), cases) != NULL) {
		char *fields[FIELDS], *rest = line;
		bool expected;

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		for (int at = 0; at < FIELDS; at++)
			fields[at] = rest == NULL ? "" : strsep(&rest, "\t");
		expected = strcmp(fields[5], "yes") == 0;
		seen++;
		if (holds(fields) == expected)
			continue;
		printf("%s of %s: not %s\n", fields[1], fields[4], fields[5]);
		failed++;
	}
	fclose(cases);
	failed += !looks_once();
	printf("%d derivations judged\n", seen);
	return failed > 0 || seen == 0;
}
