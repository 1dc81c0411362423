#include "tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "log.h"
#include "table-frame.h"
#include "table-map.h"
#include "table-work.h"

#define PATIENCE_NS 30000000000ULL /* between two frames of a table */

static struct table *find(const struct tables *tables, uint32_t number)
{
	struct table *table = tables->first;

	while (table && table->number != number)
		table = table->next;
	return table;
}

static void give_up(struct tables *tables, const char *reason)
{
	struct table *table = tables->incoming;

	tables->incoming = NULL;
	work_say(tables, table->number, reason);
	table_free(tables, table);
}

static const char *begin(struct tables *tables, const struct wire_table *frame)
{
	struct table *table = calloc(1, sizeof(*table)), *there;

	if (!table)
		return "no memory";
	table->number = frame->table;
	table->device = frame->device;
	table->files = frame->files;
	table->map = -1;
	pthread_rwlock_rdlock(&tables->lock);
	there = work_rests(tables) ? find(tables, frame->table) : NULL;
	if (there && there->device == frame->device && there->files == frame->files)
		table->same = there;
	pthread_rwlock_unlock(&tables->lock);
	tables->incoming = table;
	return table->same ? NULL : table_make(tables, table);
}

/* Rows go into the new map; where they are those of the table that is there, they are only compared. `same` stays as long
 * as this thread does not end it: the other thread replaces a table only with one that came in here. */
static const char *add_rows(struct tables *tables, const char *rows, uint32_t count)
{
	struct table *table = tables->incoming;
	size_t bytes = count * sizeof(struct table_row);
	const char *reason;
	uint64_t next;

	memcpy(&next, rows, sizeof(next));
	if (table->same && memcmp(&table->same->rows[1 + table->received], rows, bytes)) {
		const struct table *same = table->same;

		table->same = NULL;
		reason = table_make(tables, table);
		if (reason)
			return reason;
		memcpy(&table->rows[1], &same->rows[1], table->received * sizeof(struct table_row));
	}
	if (!table->same) {
		if (table->received && table->rows[table->received].file.inode >= next)
			return "its rows are not sorted by inode";
		memcpy(&table->rows[1 + table->received], rows, bytes);
	}
	table->received += count;
	return NULL;
}

static void end(struct tables *tables)
{
	struct table *table = tables->incoming;

	if (table->same) {
		((struct table *)table->same)->forgotten = false;
		give_up(tables, NULL); /* it is there */
		return;
	}
	table_seal(table);
	if (!work_order(tables, table, true)) {
		give_up(tables, "no memory");
		return;
	}
	tables->incoming = NULL;
}

void tables_take(struct tables *tables, const char *payload, size_t bytes)
{
	struct wire_table frame;
	const char *reason = table_frame_problem(payload, bytes, &frame);
	struct table *table = tables->incoming;

	if (table && (frame.table != table->number || frame.first != table->received || frame.files != table->files ||
		      frame.device != table->device))
		give_up(tables, "its frames do not follow each other");
	if (!tables->incoming && !reason && frame.first)
		reason = "its first frame is missing";
	if (!tables->incoming && !reason)
		reason = begin(tables, &frame);
	if (!reason)
		reason = add_rows(tables, payload + sizeof(frame), frame.count);
	if (reason) {
		if (tables->incoming)
			give_up(tables, reason);
		else
			work_say(tables, frame.table, reason);
		return;
	}
	tables->incoming->heard = boot_now();
	if (tables->incoming->received == tables->incoming->files)
		end(tables);
}

bool tables_has(struct tables *tables, uint32_t number)
{
	bool has;

	pthread_rwlock_rdlock(&tables->lock);
	has = find(tables, number) != NULL;
	pthread_rwlock_unlock(&tables->lock);
	return has;
}

void tables_forget(struct tables *tables, uint32_t number)
{
	struct table *table;

	pthread_rwlock_wrlock(&tables->lock);
	table = find(tables, number);
	if (table)
		table->forgotten = true;
	pthread_rwlock_unlock(&tables->lock);
}

/* Numbers of the forgotten tables, but for one that comes in again as it is; returns how many. */
static uint32_t list_forgotten(struct tables *tables, uint32_t numbers[MAX_TABLES])
{
	const struct table *wanted = tables->incoming ? tables->incoming->same : NULL, *table;
	uint32_t count = 0;

	pthread_rwlock_rdlock(&tables->lock);
	for (table = tables->first; table && count < MAX_TABLES; table = table->next)
		if (table->forgotten && table != wanted)
			numbers[count++] = table->number;
	pthread_rwlock_unlock(&tables->lock);
	return count;
}

/* Takes a forgotten table from the list; NULL when another took its place. */
static struct table *take_forgotten(struct tables *tables, uint32_t number)
{
	struct table **at, *table;

	pthread_rwlock_wrlock(&tables->lock);
	for (at = &tables->first; *at && ((*at)->number != number || !(*at)->forgotten); at = &(*at)->next)
		;
	table = *at;
	if (table)
		*at = table->next;
	pthread_rwlock_unlock(&tables->lock);
	return table;
}

void tables_tick(struct tables *tables, bool (*is_named)(void *context, uint32_t number), void *context)
{
	uint32_t numbers[MAX_TABLES], count, i;

	if (tables->incoming && boot_now() - tables->incoming->heard > PATIENCE_NS)
		give_up(tables, "its frames stopped coming");
	count = list_forgotten(tables, numbers);
	for (i = 0; i < count; i++) {
		/* Without the lock: who is asked takes one that stands before it. */
		struct table *table = is_named(context, numbers[i]) ? NULL : take_forgotten(tables, numbers[i]);

		if (table && !work_order(tables, table, false))
			table_free(tables, table); /* the kernel keeps its own, as after a start */
	}
}

uint8_t tables_look(struct tables *tables, uint32_t number, const struct wire_file *file, uint32_t *flags)
{
	uint8_t answer = DECIDE_UNTABLED;
	const struct table_row *row;
	struct table *table;

	pthread_rwlock_rdlock(&tables->lock);
	table = number ? find(tables, number) : NULL;
	row = table ? table_find(table->rows, file->inode) : NULL;
	if (row) {
		bool same = row->file.ctime == file->ctime && row->file.size == file->size &&
			    table->rows[0].head.device == file->device;

		*flags |= row->file.flags;
		answer = same ? DECIDE_SAME : DECIDE_CHANGED;
	}
	pthread_rwlock_unlock(&tables->lock);
	return answer;
}

int tables_open(struct tables *tables, struct kernel *kernel, int signal)
{
	uint32_t number, id, *last = NULL;
	struct table *table;

	memset(tables, 0, sizeof(*tables));
	tables->outer = kernel->image_tables;
	tables->signal = signal;
	pthread_rwlock_init(&tables->lock, NULL);
	while (!bpf_map_get_next_key(tables->outer, last, &number)) {
		last = &number;
		if (bpf_map_lookup_elem(tables->outer, &number, &id))
			continue;
		table = table_resume(number, id);
		if (!table)
			continue;
		table->next = tables->first;
		tables->first = table;
		tables->files += table->files;
	}
	if (work_start(tables)) {
		log_line("no thread for tables: %s", strerror(errno));
		return -1;
	}
	return 0;
}
