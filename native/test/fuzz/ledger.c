/* Ledgers of any bytes. Checksums are made right before, or nothing but they would ever be read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../runtime-wrapper/checksum.h"
#include "../../runtime-wrapper/ledger.h"

#define DIGEST 32

/* The first byte says what is made right: everything, all but the lengths, or nothing. */
static void mend(uint8_t *bytes, size_t length, uint8_t how)
{
	struct ledger_header header;
	size_t blocks, table;

	if (length < sizeof(header) || how == 0)
		return;
	memcpy(&header, bytes, sizeof(header));
	memcpy(header.magic, LEDGER_MAGIC, sizeof(header.magic));
	header.form = LEDGER_FORM;
	header.bytes = length;
	if (how & 1) {
		blocks = (length - sizeof(header)) / (LEDGER_BLOCK + 4) + 1;
		table = sizeof(header) + 4 * blocks;
		if (length < table)
			return;
		header.records %= (length - table) / sizeof(struct ledger_record) + 1;
		header.texts = (uint32_t)(length - table - header.records * sizeof(struct ledger_record));
		header.unknown = header.agent_away = header.builds = 1;
		header.hold_ms %= LEDGER_MAX_HOLD_MS;
	}
	blocks = ((size_t)header.records * sizeof(struct ledger_record) + header.texts + LEDGER_BLOCK - 1) /
		 LEDGER_BLOCK;
	table = sizeof(header) + 4 * blocks;
	for (size_t block = 0; block < blocks && table + block * LEDGER_BLOCK < length; block++) {
		size_t at = table + block * LEDGER_BLOCK, left = length - at;
		uint32_t sum = checksum(0, bytes + at, left < LEDGER_BLOCK ? left : LEDGER_BLOCK);

		memcpy(bytes + sizeof(header) + 4 * block, &sum, 4);
	}
	header.checksum = 0;
	header.checksum = checksum(checksum(0, &header, sizeof(header)), bytes + sizeof(header),
				   table <= length ? table - sizeof(header) : 0);
	memcpy(bytes, &header, sizeof(header));
}

static unsigned touch(const char *text, uint16_t bytes)
{
	unsigned sum = 0;

	for (uint16_t at = 0; at < bytes; at++)
		sum += (uint8_t)text[at];
	return sum;
}

static void search(int file, const uint8_t *digest)
{
	static volatile unsigned kept;
	struct ledger ledger;
	struct ledger_found found;

	if (ledger_open(&ledger, file))
		return;
	if (ledger_find(&ledger, digest, 1000, &found) == LEDGER_FOUND) {
		kept += touch(found.reason, found.record.reason_bytes) + touch(found.rule, found.record.rule_bytes);
		if (memcmp(found.record.digest, digest, DIGEST) != 0 || found.record.expires <= 1000)
			abort();
	}
	for (uint32_t place = 0; place <= ledger.header.records; place++)
		if (ledger_at(&ledger, place, &found) == LEDGER_FOUND)
			kept += touch(found.reason, found.record.reason_bytes) +
				touch(found.rule, found.record.rule_bytes);
	ledger_close(&ledger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes;
	int file;

	if (size < 1 + DIGEST)
		return 0;
	bytes = malloc(size);
	memcpy(bytes, data, size);
	mend(bytes + 1 + DIGEST, size - 1 - DIGEST, data[0] % 4);
	file = memfd_create("ledger", MFD_CLOEXEC);
	if (write(file, bytes + 1 + DIGEST, size - 1 - DIGEST) >= 0)
		search(file, bytes + 1); /* closes it */
	free(bytes);
	return 0;
}
