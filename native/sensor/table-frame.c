/* What a table's frame must be, and how its rows are searched: no system call, so that any bytes can be tried on it. */
#include <string.h>

#include "table-frame.h"

#define KNOWN_FLAGS (WIRE_FILE_LOADER | WIRE_FILE_ARGUMENTS | WIRE_FILE_RUNS_CODE | WIRE_FILE_APPLETS)

_Static_assert(sizeof(struct table_row) == sizeof(struct wire_table_row), "rows lie in the map as on the wire");

/* Rows follow each other by inode; a table is searched by halves. */
static const char *rows_problem(const char *rows, uint32_t count)
{
	struct wire_table_row row;
	uint64_t before = 0;
	uint32_t i;

	for (i = 0; i < count; i++, rows += sizeof(row)) {
		memcpy(&row, rows, sizeof(row));
		if (row.inode <= before)
			return "its rows are not sorted by inode";
		if (row.flags & ~KNOWN_FLAGS)
			return "a row has a flag that is not known";
		before = row.inode;
	}
	return NULL;
}

const char *table_frame_problem(const char *payload, size_t bytes, struct wire_table *frame)
{
	memset(frame, 0, sizeof(*frame));
	if (bytes < sizeof(*frame))
		return "the frame is no table";
	memcpy(frame, payload, sizeof(*frame));
	if (bytes > WIRE_TABLE_FRAME)
		return "a frame of it is too long";
	if (bytes - sizeof(*frame) != (uint64_t)frame->count * sizeof(struct wire_table_row))
		return "its count does not add up to the frame's length";
	if (!frame->table)
		return "tables are numbered from 1";
	if (!frame->files || frame->files >= 1u << TABLE_FILES_BITS)
		return "a table has at least one file and fewer than 4,194,304";
	if (!frame->count || frame->count > frame->files || frame->first > frame->files - frame->count)
		return "a frame of it lies outside of the table";
	return rows_problem(payload + sizeof(*frame), frame->count);
}

const struct table_row *table_find(const struct table_row *rows, uint64_t inode)
{
	uint64_t low = 1, high = rows[0].head.files + 1;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (rows[middle].file.inode == inode)
			return &rows[middle];
		if (rows[middle].file.inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
