/* Files of images: one table for each image, shared by all policies of it. It lies in a map of the kernel that is mapped
 * here too, so the programs and the guard look up in the same memory (32 bytes a file).
 *
 * The server's thread takes frames, forgets and answers. A thread of its own inserts and removes, since the kernel lets
 * each wait until no program looks at the old table (some 20 ms). Everybody else looks up. Tables are pinned with their
 * map: a sensor that starts again has them at once.
 *
 * The lock is held for one search, or to change one pointer; its order is in container-list.h.
 */
#ifndef SEAWALL_TABLES_H
#define SEAWALL_TABLES_H

#include "kernel.h"
#include "table.h"

/* Maps the tables that are pinned and starts the thread. 0, or -1 (logged). */
int tables_open(struct tables *tables, struct kernel *kernel, int signal);

/* Takes in the payload of a WIRE_TABLE. It is answered when the table is there, or refused. */
void tables_take(struct tables *tables, const char *payload, size_t bytes);

bool tables_has(struct tables *tables, uint32_t number);

/* The table ends as soon as no policy names it. */
void tables_forget(struct tables *tables, uint32_t number);

/* Ends forgotten tables that nothing names, and one that stopped coming in; every second, on the server's thread.
 * `is_named` is asked without the lock. */
void tables_tick(struct tables *tables, bool (*is_named)(void *context, uint32_t number), void *context);

/* What the table says of a file (decide_table); adds the file's flags. */
uint8_t tables_look(struct tables *tables, uint32_t number, const struct wire_file *file, uint32_t *flags);

#endif
