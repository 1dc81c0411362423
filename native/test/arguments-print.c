/* `arguments-print WORD...` prints how the wrapper reads what runc is called with: a line for each thing that it knows. */
#include <stdio.h>

#include "../runtime-wrapper/arguments.h"

static void print(const char *name, const char *value)
{
	if (value)
		printf("%s=%s\n", name, value);
}

int main(int count, char **words)
{
	struct arguments arguments;

	if (count < 1)
		return 2;
	read_arguments(words, &arguments);
	print("root", arguments.root);
	print("log", arguments.log);
	print("format", arguments.log_format);
	print("verb", arguments.verb);
	print("bundle", arguments.bundle);
	print("container", arguments.container);
	if (arguments.is_exec) {
		char *const *at = exec_words(words, &arguments);
		struct exec_word word;

		while (next_exec_word(&at, &word))
			print(word.kind == EXEC_PROCESS ? "process" : "capability", word.value);
	}
	puts(arguments.is_judged ? "judged" : "passed");
	return 0;
}
