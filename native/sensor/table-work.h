/* The thread that inserts and removes tables, and its answers. */
#ifndef SEAWALL_TABLE_WORK_H
#define SEAWALL_TABLE_WORK_H

#include "table.h"

int work_start(struct tables *tables);
/* Inserts a whole table, or removes one that is in no list. False without memory. */
bool work_order(struct tables *tables, struct table *table, bool insert);
/* Whether it has nothing to do: then no table that is in the list is freed by it. */
bool work_rests(struct tables *tables);
void work_say(struct tables *tables, uint32_t number, const char *reason);

/* The next answer; false when there is none. */
bool tables_answer(struct tables *tables, struct table_answer *answer);

#endif
