#include "ledger.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checksum.h"

static bool read_all(int file, void *to, size_t bytes, size_t at)
{
	char *next = to;

	while (bytes > 0) {
		ssize_t got = pread(file, next, bytes, (off_t)at);

		if (got <= 0)
			return false;
		next += got;
		at += (size_t)got;
		bytes -= (size_t)got;
	}
	return true;
}

static bool is_between(uint8_t value, uint8_t least, uint8_t most)
{
	return value >= least && value <= most;
}

/* Whether each field says something that this reader knows. */
static bool header_makes_sense(const struct ledger_header *header)
{
	return is_between(header->unknown, LEDGER_ALLOW, LEDGER_DENY) &&
	       is_between(header->agent_away, LEDGER_ALLOW, LEDGER_DENY) &&
	       is_between(header->builds, LEDGER_BUILDS_ALLOW, LEDGER_BUILDS_DENY) &&
	       header->hold_ms <= LEDGER_MAX_HOLD_MS;
}

static const char *read_header(struct ledger *ledger, uint64_t file_bytes)
{
	struct ledger_header *header = &ledger->header, copy;
	size_t table;

	if (file_bytes < sizeof(*header) || !read_all(ledger->file, header, sizeof(*header), 0))
		return "it is shorter than its header";
	if (memcmp(header->magic, LEDGER_MAGIC, sizeof(header->magic)) != 0)
		return "it is no ledger";
	if (header->form != LEDGER_FORM)
		return "it has a form that this program does not read";
	if (header->bytes != file_bytes || file_bytes > LEDGER_MAX_BYTES)
		return "it has another length than its header says";
	ledger->body_bytes = (size_t)header->records * sizeof(struct ledger_record) + header->texts;
	ledger->blocks = (ledger->body_bytes + LEDGER_BLOCK - 1) / LEDGER_BLOCK;
	table = ledger->blocks * sizeof(uint32_t);
	if (sizeof(*header) + table + ledger->body_bytes != file_bytes)
		return "its parts do not fill it";
	ledger->checksums = malloc(table + 1);
	ledger->read = calloc(ledger->blocks + 1, 1);
	if (!ledger->checksums || !ledger->read || !read_all(ledger->file, ledger->checksums, table, sizeof(*header)))
		return "it cannot be read";
	copy = *header;
	copy.checksum = 0;
	if (checksum(checksum(0, &copy, sizeof(copy)), ledger->checksums, table) != header->checksum)
		return "its header is damaged";
	return header_makes_sense(header) ? NULL : "its header says what no ledger says";
}

const char *ledger_open(struct ledger *ledger, int file)
{
	struct stat about;
	const char *wrong;

	memset(ledger, 0, sizeof(*ledger));
	ledger->file = file;
	ledger->body = MAP_FAILED;
	wrong = fstat(file, &about) ? "it cannot be read" : read_header(ledger, (uint64_t)about.st_size);
	if (!wrong) {
		/* Pages that no answer touches are never there. */
		ledger->body = mmap(NULL, ledger->body_bytes + 1, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (ledger->body == MAP_FAILED)
			wrong = "there is no memory for it";
	}
	if (wrong)
		ledger_close(ledger);
	return wrong;
}

void ledger_close(struct ledger *ledger)
{
	if (ledger->body != MAP_FAILED && ledger->body)
		munmap(ledger->body, ledger->body_bytes + 1);
	free(ledger->checksums);
	free(ledger->read);
	close(ledger->file);
	memset(ledger, 0, sizeof(*ledger));
	ledger->file = -1;
}

static bool have_block(struct ledger *ledger, size_t block)
{
	size_t at = block * LEDGER_BLOCK;
	size_t bytes = ledger->body_bytes - at < LEDGER_BLOCK ? ledger->body_bytes - at : LEDGER_BLOCK;
	size_t before = sizeof(ledger->header) + ledger->blocks * sizeof(uint32_t);

	if (ledger->read[block])
		return true;
	if (!read_all(ledger->file, ledger->body + at, bytes, before + at) ||
	    checksum(0, ledger->body + at, bytes) != ledger->checksums[block])
		return false;
	ledger->read[block] = 1;
	return true;
}

/* A part of the body, or NULL when it lies outside or is damaged. */
static const uint8_t *part(struct ledger *ledger, size_t at, size_t bytes)
{
	if (at > ledger->body_bytes || bytes > ledger->body_bytes - at)
		return NULL;
	for (size_t block = at / LEDGER_BLOCK; bytes > 0 && block <= (at + bytes - 1) / LEDGER_BLOCK; block++)
		if (!have_block(ledger, block))
			return NULL;
	return ledger->body + at;
}

static bool read_record(struct ledger *ledger, uint32_t place, struct ledger_record *record)
{
	const uint8_t *bytes = part(ledger, (size_t)place * sizeof(*record), sizeof(*record));

	if (bytes)
		memcpy(record, bytes, sizeof(*record));
	return bytes != NULL;
}

static const char *text(struct ledger *ledger, uint32_t at, uint16_t bytes)
{
	return (const char *)part(ledger, ledger->header.records * sizeof(struct ledger_record) + at, bytes);
}

const char *ledger_settings(struct ledger *ledger, size_t *bytes)
{
	size_t at = (size_t)ledger->header.records * sizeof(struct ledger_record) + ledger->header.settings_at;
	const uint8_t *head = ledger->header.flags & LEDGER_HAS_SETTINGS ? part(ledger, at, sizeof(uint32_t)) : NULL;
	uint32_t length;

	if (!head)
		return NULL;
	memcpy(&length, head, sizeof(length));
	*bytes = length;
	return (const char *)part(ledger, at + sizeof(length), length);
}

enum ledger_search ledger_at(struct ledger *ledger, uint32_t place, struct ledger_found *found)
{
	struct ledger_record *record = &found->record;

	if (place >= ledger->header.records || !read_record(ledger, place, record) ||
	    !is_between(record->answer, LEDGER_ALLOW, LEDGER_ASK) ||
	    !is_between(record->cause, LEDGER_VERDICT, LEDGER_BREAK_GLASS) ||
	    !is_between(record->effect, LEDGER_IGNORE, LEDGER_BLOCK_START))
		return LEDGER_CORRUPT;
	found->reason = text(ledger, record->reason_at, record->reason_bytes);
	found->rule = text(ledger, record->rule_at, record->rule_bytes);
	return found->reason && found->rule ? LEDGER_FOUND : LEDGER_CORRUPT;
}

/* Place of the first record whose digest is not before this one. */
static bool first_place(struct ledger *ledger, const uint8_t digest[32], uint32_t *place)
{
	uint32_t low = 0, high = ledger->header.records;
	struct ledger_record record;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (!read_record(ledger, middle, &record))
			return false;
		if (memcmp(record.digest, digest, sizeof(record.digest)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*place = low;
	return true;
}

enum ledger_search ledger_find(struct ledger *ledger, const uint8_t digest[32], uint64_t now,
			       struct ledger_found *found)
{
	bool is_over = ledger->header.expires <= now;
	enum ledger_search passed = is_over ? LEDGER_PASSED : LEDGER_NOTHING;
	uint32_t place;

	if (!first_place(ledger, digest, &place))
		return LEDGER_CORRUPT;
	for (; place < ledger->header.records; place++) {
		if (ledger_at(ledger, place, found) != LEDGER_FOUND)
			return LEDGER_CORRUPT;
		if (memcmp(found->record.digest, digest, sizeof(found->record.digest)) != 0)
			break;
		if (found->record.expires > now && (!is_over || found->record.cause != LEDGER_VERDICT))
			return LEDGER_FOUND;
		if (found->record.cause != LEDGER_BREAK_GLASS)
			passed = LEDGER_PASSED;
	}
	return passed;
}
