/* Reads the compiled ledger, block by block as an answer needs it. */
#ifndef SEAWALL_LEDGER_READER_H
#define SEAWALL_LEDGER_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "../include/ledger.h"

struct ledger {
	int file;
	struct ledger_header header;
	uint32_t *checksums; /* one for each block of the body */
	uint8_t *body;
	uint8_t *read; /* one for each block: it lies in `body` and is whole */
	size_t body_bytes;
	size_t blocks;
};

struct ledger_found {
	struct ledger_record record;
	const char *reason; /* no terminator */
	const char *rule;
};

enum ledger_search {
	LEDGER_CORRUPT = -1,
	LEDGER_NOTHING = 0,
	LEDGER_FOUND = 1,
	LEDGER_PASSED = 2, /* what it said, or all of it, has expired */
};

/* Takes the file over. Returns NULL, or what is wrong with it: then nothing is open. */
const char *ledger_open(struct ledger *ledger, int file);
void ledger_close(struct ledger *ledger);

/* What the ledger says of a digest at a time (Unix time, ms). */
enum ledger_search ledger_find(struct ledger *ledger, const uint8_t digest[32], uint64_t now,
			       struct ledger_found *found);

/* The rules over settings, as JSON without a terminator; NULL: there are none, or they are damaged. */
const char *ledger_settings(struct ledger *ledger, size_t *bytes);

/* The record at a place in their order; LEDGER_CORRUPT or LEDGER_FOUND. */
enum ledger_search ledger_at(struct ledger *ledger, uint32_t place, struct ledger_found *found);

#endif
