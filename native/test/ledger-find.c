/* `ledger-find FILE NOW` reads digests, 64 hexadecimal digits a line, and prints what the ledger says of each at that
 * time (Unix time, ms): `corrupt`, `nothing`, `passed`, or `found ANSWER CAUSE`. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../runtime-wrapper/ledger.h"

static int read_digest(const char *line, uint8_t digest[32])
{
	for (int at = 0; at < 32; at++)
		if (sscanf(line + 2 * at, "%2hhx", &digest[at]) != 1)
			return -1;
	return 0;
}

int main(int count, char **words)
{
	static const char *const said[] = { "corrupt", "nothing", "found", "passed" };
	struct ledger ledger;
	const char *wrong;
	char line[128];

	if (count != 3)
		return 2;
	wrong = ledger_open(&ledger, open(words[1], O_RDONLY));
	while (fgets(line, sizeof(line), stdin)) {
		struct ledger_found found;
		uint8_t digest[32];
		enum ledger_search search;

		if (read_digest(line, digest))
			return 2;
		search = wrong ? LEDGER_CORRUPT : ledger_find(&ledger, digest, strtoull(words[2], NULL, 10), &found);
		if (search == LEDGER_FOUND)
			printf("found %u %u\n", found.record.answer, found.record.cause);
		else
			puts(said[search + 1]);
	}
	return 0;
}
