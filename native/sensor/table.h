/* One table, and the list of all of them. */
#ifndef SEAWALL_TABLE_H
#define SEAWALL_TABLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "decide.h"

#define TABLES_FILES (16u << 20) /* of all tables together: 512 MB; what comes beyond is refused */

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

#endif
