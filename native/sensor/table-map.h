/* The kernel's memory of one table. */
#ifndef SEAWALL_TABLE_MAP_H
#define SEAWALL_TABLE_MAP_H

#include "table.h"

/* Makes and maps the kernel's memory of a table. NULL, or why not. */
const char *table_make(struct tables *tables, struct table *table);
/* Write-protects what is whole. */
void table_seal(struct table *table);
/* The kernel lets go of its memory when no program looks at it any more. */
void table_free(struct tables *tables, struct table *table);
/* Maps a pinned table; NULL when it cannot be (logged). */
struct table *table_resume(uint32_t number, uint32_t id);

#endif
