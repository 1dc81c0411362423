#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "log.h"
#include "table-map.h"

static size_t bytes_of(uint32_t files)
{
	return ((size_t)files + 1) * sizeof(struct table_row);
}

static void count(struct tables *tables, int64_t change)
{
	pthread_mutex_lock(&tables->working);
	tables->files += change;
	pthread_mutex_unlock(&tables->working);
}

void table_free(struct tables *tables, struct table *table)
{
	if (table->rows)
		munmap(table->rows, bytes_of(table->files));
	if (table->map >= 0) {
		close(table->map);
		count(tables, -(int64_t)table->files);
	}
	free(table);
}

const char *table_make(struct tables *tables, struct table *table)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
	bool room;

	pthread_mutex_lock(&tables->working);
	room = tables->files + table->files <= TABLES_FILES;
	pthread_mutex_unlock(&tables->working);
	if (!room)
		return "the tables of all images would be larger than 512 MB; remove containers of other images";
	table->map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "image_table", sizeof(uint32_t), sizeof(struct table_row),
				    table->files + 1, &options);
	if (table->map < 0)
		return strerror(errno);
	count(tables, table->files);
	table->rows = mmap(NULL, bytes_of(table->files), PROT_READ | PROT_WRITE, MAP_SHARED, table->map, 0);
	if (table->rows == MAP_FAILED) {
		table->rows = NULL;
		return strerror(errno);
	}
	table->rows[0].head.files = table->files;
	table->rows[0].head.device = table->device;
	return NULL;
}

void table_seal(struct table *table)
{
	mprotect(table->rows, bytes_of(table->files), PROT_READ);
}

struct table *table_resume(uint32_t number, uint32_t id)
{
	struct table *table = calloc(1, sizeof(*table));
	struct bpf_map_info about = {};
	uint32_t bytes = sizeof(about);

	if (!table)
		return NULL;
	table->number = number;
	table->map = bpf_map_get_fd_by_id(id);
	if (table->map >= 0 && !bpf_obj_get_info_by_fd(table->map, &about, &bytes) && about.max_entries > 1) {
		table->files = about.max_entries - 1;
		table->rows = mmap(NULL, bytes_of(table->files), PROT_READ, MAP_SHARED, table->map, 0);
		if (table->rows != MAP_FAILED && table->rows[0].head.files == table->files) {
			table->device = table->rows[0].head.device;
			return table;
		}
	}
	log_line("table %u of before cannot be mapped: %s", number, strerror(errno));
	if (table->rows && table->rows != MAP_FAILED)
		munmap(table->rows, bytes_of(table->files));
	if (table->map >= 0)
		close(table->map);
	free(table);
	return NULL;
}
