/* The folder of a code file as models name it, by a table of paths and folders, between them a tab. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sensor/code-folder.h"

static int failures, cases;

static void check(const char *path, const char *expected)
{
	static char folder[CODE_FOLDER_BYTES];
	size_t length = code_folder(path, folder);

	cases++;
	if (length == strlen(expected) && !memcmp(folder, expected, length))
		return;
	failures++;
	printf("%.60s: %.*s, expected %s\n", path, (int)length, folder, expected);
}

static void check_lengths(void)
{
	static char path[PATH_MAX + 8], expected[CODE_FOLDER_BYTES];
	int i;

	memset(path, '{', PATH_MAX - 1);
	path[0] = '/';
	for (i = 0; i < PATH_MAX - 2; i++)
		memcpy(expected + 1 + 2 * i, "\\{", 2);
	expected[0] = '/';
	strcpy(path + PATH_MAX - 1, "/a");
	check(path, expected);
	memset(path, 'a', PATH_MAX);
	strcpy(path + PATH_MAX, "/a");
	check(path, "");
}

int main(int count, char **words)
{
	char line[1024], *tab;
	FILE *table = count > 1 ? fopen(words[1], "r") : NULL;

	while (table && fgets(line, sizeof(line), table)) {
		line[strcspn(line, "\n")] = '\0';
		tab = strchr(line, '\t');
		if (line[0] == '#' || !tab)
			continue;
		*tab = '\0';
		check(line, tab + 1);
	}
	if (table)
		fclose(table);
	check_lengths();
	check("", "");
	check("/", "/");
	printf("%d folders\n", cases);
	return failures > 0 || cases < 20;
}
