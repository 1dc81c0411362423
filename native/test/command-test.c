/* Which words of a command line are looked up as code: each line of the cases has a program, its words with a space
 * between them, and the words that may name the code. `unknown` runs code in a way that nobody knows. */
#include <stdio.h>
#include <string.h>

#include "../sensor/guard/code-file.h"
#include "../sensor/guard/command.h"

static char said[4096];

static bool note(void *ctx, const char *word)
{
	(void)ctx;
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%s", said[0] ? " " : "", word);
	return false;
}

static int check(char *line, unsigned number)
{
	char *program = strtok(line, "\t"), *words = strtok(NULL, "\t"), *wanted = strtok(NULL, "\t\n");
	size_t length = strlen(words) + 1, first;
	unsigned languages;

	for (char *at = words; *at != '\0'; at++)
		if (*at == ' ')
			*at = '\0';
	said[0] = '\0';
	languages = strcmp(program, "unknown") == 0 ? CODE_ANY : code_languages_of(program, words, length);
	first = code_name_length(program, words, length);
	command_runs(languages, words + first, length - first, note, NULL);
	if (strcmp(said, wanted != NULL ? wanted : "") == 0)
		return 0;
	printf("case %u: expected `%s`, got `%s`\n", number, wanted != NULL ? wanted : "", said);
	return 1;
}

int main(int count, char **words)
{
	FILE *cases = count > 1 ? fopen(words[1], "r") : NULL;
	char line[4096];
	unsigned number = 0;
	int failed = 0;

	while (cases != NULL && fgets(line, sizeof(line), cases) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		failed += check(line, ++number);
	}
	printf("%u command lines\n", number);
	return failed > 0 || number == 0;
}
