/* Parts of the tables among themselves. */
#ifndef SEAWALL_TABLES_INNER_H
#define SEAWALL_TABLES_INNER_H

#include "tables.h"

struct table {
	struct table *next;
	uint32_t number;
	uint32_t device;
	uint32_t files;
	uint32_t received;        /* rows, while it comes in */
	uint64_t heard;           /* CLOCK_BOOTTIME, ns, of its last frame */
	const struct table *same; /* there already, and the same as far as it was received; then it has no map yet */
	int map;
	struct table_row *rows; /* mapped */
	bool forgotten;         /* changed by the server's thread alone */
};

/* ---- table-map.c: one table */

/* Makes and maps the kernel's memory of a table. NULL, or why not. */
const char *table_make(struct tables *tables, struct table *table);
/* Write-protects what is whole. */
void table_seal(struct table *table);
/* The kernel lets go of its memory when no program looks at it any more. */
void table_free(struct tables *tables, struct table *table);
/* Maps a pinned table; NULL when it cannot be (logged). */
struct table *table_resume(uint32_t number, uint32_t id);

/* ---- table-work.c: the thread that inserts and removes, and its answers */

int work_start(struct tables *tables);
/* Inserts a whole table, or removes one that is in no list. False without memory. */
bool work_order(struct tables *tables, struct table *table, bool insert);
/* Whether it has nothing to do: then no table that is in the list is freed by it. */
bool work_rests(struct tables *tables);
void work_say(struct tables *tables, uint32_t number, const char *reason);

#endif
