#include "dump-ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger.h"

static void print_header(const struct ledger_header *header)
{
	printf("{\"form\":%u,\"sequence\":%" PRIu64 ",\"issued\":%" PRIu64 ",\"expires\":%" PRIu64 ",\"bytes\":%" PRIu64
	       ",\"records\":%u,\"texts\":%u,\"hold_ms\":%u,\"unknown\":%u,\"agent_away\":%u,\"builds\":%u,\"flags\":%u}\n",
	       header->form, header->sequence, header->issued, header->expires, header->bytes, header->records,
	       header->texts, header->hold_ms, header->unknown, header->agent_away, header->builds, header->flags);
}

/* Texts as hexadecimal bytes: whatever they hold, a line stays a line. */
static void print_bytes(const char *name, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;

	printf(",\"%s\":\"", name);
	for (size_t place = 0; place < count; place++)
		printf("%02x", at[place]);
	putchar('"');
}

static void print_record(const struct ledger_found *found)
{
	const struct ledger_record *record = &found->record;

	printf("{\"answer\":%u,\"cause\":%u,\"effect\":%u,\"expires\":%" PRIu64, record->answer, record->cause,
	       record->effect, record->expires);
	print_bytes("digest", record->digest, sizeof(record->digest));
	print_bytes("reason", found->reason, record->reason_bytes);
	print_bytes("rule", found->rule, record->rule_bytes);
	puts("}");
}

int dump_ledger(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct ledger ledger = {};
	struct ledger_found found;
	const char *wrong = file < 0 ? strerror(errno) : ledger_open(&ledger, file);

	if (!wrong)
		print_header(&ledger.header);
	for (uint32_t place = 0; !wrong && place < ledger.header.records; place++) {
		if (ledger_at(&ledger, place, &found) != LEDGER_FOUND)
			wrong = "a record is damaged";
		else
			print_record(&found);
	}
	if (wrong)
		fprintf(stderr, "%s: %s\n", path, wrong);
	return wrong ? 1 : 0;
}
