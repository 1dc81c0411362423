/* Files of images: one table for each image, shared by all policies of it. It lies in a map of the kernel that is mapped
 * here too, so the programs and the guard look up in the same memory (32 bytes a file).
 *
 * The server's thread takes frames, forgets and answers. A thread of its own inserts and removes, since the kernel lets
 * each wait until no program looks at the old table (some 20 ms). Everybody else looks up. Tables are pinned with their
 * map: a sensor that starts again has them at once.
 *
 * Lock order: containers, policies, tables. The lock is held for one search, or to change one pointer.
 */
#ifndef SEAWALL_TABLES_H
#define SEAWALL_TABLES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "decide.h"
#include "kernel.h"

#define TABLES_FILES (16u << 20) /* of all tables together: 512 MB; what comes beyond is refused */

struct table;
struct table_job;

/* What the agent is told of a table. */
struct table_answer {
	struct table_answer *next;
	uint32_t table;
	const char *reason; /* NULL: it is there */
};

struct tables {
	pthread_rwlock_t lock; /* of `first` */
	struct table *first;
	int outer; /* map of tables */
	/* The server's thread alone. */
	struct table *incoming; /* that comes in frame by frame */
	/* Under `working`. */
	pthread_mutex_t working;
	pthread_cond_t work;
	struct table_job *jobs;
	uint32_t busy; /* jobs that are not done */
	struct table_answer *answers;
	uint64_t files; /* of all tables, and of the one that comes in */
	int signal;     /* eventfd that wakes the server */
};

/* Maps the tables that are pinned and starts the thread. 0, or -1 (logged). */
int tables_open(struct tables *tables, struct kernel *kernel, int signal);

/* Takes in the payload of a WIRE_TABLE. It is answered when the table is there, or refused. */
void tables_take(struct tables *tables, const char *payload, size_t bytes);

/* The next answer; false when there is none. */
bool tables_answer(struct tables *tables, struct table_answer *answer);

bool tables_has(struct tables *tables, uint32_t number);

/* The table ends as soon as no policy names it. */
void tables_forget(struct tables *tables, uint32_t number);

/* Ends forgotten tables that nothing names, and one that stopped coming in; every second, on the server's thread.
 * `is_named` is asked without the lock. */
void tables_tick(struct tables *tables, bool (*is_named)(void *context, uint32_t number), void *context);

/* What the table says of a file (decide_table); adds the file's flags. */
uint8_t tables_look(struct tables *tables, uint32_t number, const struct wire_file *file, uint32_t *flags);

/* ---- table-frame.c: no system call */

/* NULL when the payload of a WIRE_TABLE is sound in itself, or why not. */
const char *table_frame_problem(const char *payload, size_t bytes, struct wire_table *frame);

/* Row of a file, NULL when there is none. `rows`: the head and what follows it. */
const struct table_row *table_find(const struct table_row *rows, uint64_t inode);

#endif
