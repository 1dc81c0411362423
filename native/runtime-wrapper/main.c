/* Stands in the place of runc: judges what starts a container, and hands everything on. */
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "dump-ledger.h"
#include "gate-config.h"
#include "places.h"
#include "runtime.h"

static int pass_on(const struct gate_config *config, char *const *words)
{
	const char *wrong = become_runtime(config->runc, words);

	fprintf(stderr, "seawall-runc: %s cannot be started: %s\n", config->runc, wrong);
	return 1;
}

int main(int count, char **words)
{
	static struct gate_config config;
	struct arguments arguments;

	if (count == 3 && strcmp(words[1], "--seawall-dump-ledger") == 0)
		return dump_ledger(words[2]);
	if (count == 2 && strcmp(words[1], "--seawall-version") == 0)
		return puts("seawall-runc " WRAPPER_VERSION) < 0;
	read_arguments(words, &arguments);
	read_gate_config(&config);
	return pass_on(&config, words);
}
