/* Reads the frames of tables: no system call. */
#ifndef SEAWALL_TABLE_FRAME_H
#define SEAWALL_TABLE_FRAME_H

#include <stddef.h>

#include "layout.h"

/* NULL when the payload of a WIRE_TABLE is sound in itself, or why not. */
const char *table_frame_problem(const char *payload, size_t bytes, struct wire_table *frame);

/* Row of a file, NULL when there is none. `rows`: the head and what follows it. */
const struct table_row *table_find(const struct table_row *rows, uint64_t inode);

#endif
