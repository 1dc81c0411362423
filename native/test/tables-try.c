/* Tables of images and known copies in maps of this kernel: frames in and out of order, searches in the memory that the
 * kernel has, bounds, and what a sensor that starts again finds. Needs root. */
#include <sys/eventfd.h>

#include <fcntl.h>

#include "kernel-maps.h"

#include "../sensor/table-frame.h"
#include "../sensor/table-map.h"
#include "../sensor/table-work.h"
#include "../sensor/tables.h"

#define DEVICE 77
#define TABLES_PATIENCE 30000000000ULL

static struct kernel kernel;
static uint32_t named; /* table that a policy names */
static uint32_t anew;  /* table that another takes the place of while the policies are asked */

/* Row `i` of a table whose files were changed at `ctime`. */
static struct wire_table_row row(uint32_t i, uint64_t ctime)
{
	return (struct wire_table_row){ .inode = 10 * (i + 1), .ctime = ctime, .size = i, .flags = i % 8 };
}

static void say(struct tables *tables, struct wire_table head, uint64_t ctime)
{
	size_t bytes = sizeof(head) + head.count * sizeof(struct wire_table_row);
	char *frame = malloc(bytes);
	uint32_t i;

	memcpy(frame, &head, sizeof(head));
	for (i = 0; i < head.count; i++) {
		struct wire_table_row one = row(head.first + i, ctime);

		memcpy(frame + sizeof(head) + i * sizeof(one), &one, sizeof(one));
	}
	tables_take(tables, frame, bytes);
	free(frame);
}

/* The next answer, waited for; "taken" or the reason. */
static const char *answer(struct tables *tables, uint32_t *table)
{
	struct table_answer said;
	int tries;

	for (tries = 0; tries < 5000; tries++) {
		if (tables_answer(tables, &said)) {
			*table = said.table;
			return said.reason ? said.reason : "taken";
		}
		usleep(1000);
	}
	return "no answer";
}

static bool said(struct tables *tables, uint32_t number, const char *expected)
{
	uint32_t table = 0;
	const char *reason = answer(tables, &table);

	if (table == number && !strcmp(reason, expected))
		return true;
	printf("table %u: %s\n", table, reason);
	return false;
}

static bool is_quiet(struct tables *tables)
{
	struct table_answer unexpected;

	usleep(50000);
	return !tables_answer(tables, &unexpected);
}

static void say_whole(struct tables *tables, uint32_t number, uint32_t files, uint64_t ctime)
{
	uint32_t first, count;

	for (first = 0; first < files; first += count) {
		count = files - first < 100 ? files - first : 100;
		say(tables, (struct wire_table){ number, DEVICE, files, first, count }, ctime);
	}
}

static uint8_t look(struct tables *tables, uint32_t number, struct wire_file file)
{
	uint32_t flags = 0;

	return tables_look(tables, number, &file, &flags);
}

static struct wire_file file_of(uint32_t i, uint64_t ctime)
{
	struct wire_table_row one = row(i, ctime);

	return (struct wire_file){ .device = DEVICE, .inode = one.inode, .ctime = one.ctime, .size = one.size };
}

static void try_look(struct tables *tables)
{
	struct wire_file file;
	uint32_t flags = WIRE_FILE_TOOL, i;

	say_whole(tables, 1, 250, 5);
	CHECK(said(tables, 1, "taken"));
	for (i = 0; i < 250; i++)
		CHECK(look(tables, 1, file_of(i, 5)) == DECIDE_SAME);
	file = file_of(131, 5);
	CHECK(tables_look(tables, 1, &file, &flags) == DECIDE_SAME && flags == (WIRE_FILE_TOOL | 131 % 8));
	file = file_of(131, 6), CHECK(look(tables, 1, file) == DECIDE_CHANGED);
	file = file_of(131, 5), file.size++, CHECK(look(tables, 1, file) == DECIDE_CHANGED);
	file = file_of(131, 5), file.device++, CHECK(look(tables, 1, file) == DECIDE_CHANGED);
	file = file_of(131, 5), file.inode++, CHECK(look(tables, 1, file) == DECIDE_UNTABLED);
	file = file_of(250, 5), CHECK(look(tables, 1, file) == DECIDE_UNTABLED);
	file = file_of(0, 5),
	CHECK(look(tables, 2, file) == DECIDE_UNTABLED && look(tables, 0, file) == DECIDE_UNTABLED);
}

static uint32_t id_of(uint32_t number)
{
	uint32_t id = 0;

	bpf_map_lookup_elem(kernel.image_tables, &number, &id);
	return id;
}

/* The same is not made again; another takes its place at once, from the first row that differs. */
static void try_again(struct tables *tables)
{
	uint32_t id = id_of(1);

	say_whole(tables, 1, 250, 5);
	CHECK(said(tables, 1, "taken") && id_of(1) == id);
	CHECK(tables->files == 250);
	say(tables, (struct wire_table){ 1, DEVICE, 250, 0, 100 }, 5);
	say(tables, (struct wire_table){ 1, DEVICE, 250, 100, 100 }, 5);
	CHECK(look(tables, 1, file_of(249, 5)) == DECIDE_SAME);
	say(tables, (struct wire_table){ 1, DEVICE, 250, 200, 50 }, 9);
	CHECK(said(tables, 1, "taken") && id_of(1) != id && tables->files == 250);
	CHECK(look(tables, 1, file_of(199, 5)) == DECIDE_SAME && look(tables, 1, file_of(0, 5)) == DECIDE_SAME);
	CHECK(look(tables, 1, file_of(200, 9)) == DECIDE_SAME && look(tables, 1, file_of(200, 5)) == DECIDE_CHANGED);
	say(tables, (struct wire_table){ 1, DEVICE + 1, 100, 0, 100 }, 5); /* on another device */
	CHECK(said(tables, 1, "taken") && tables->files == 100);
	CHECK(look(tables, 1, file_of(99, 5)) == DECIDE_CHANGED && look(tables, 1, file_of(100, 5)) == DECIDE_UNTABLED);
}

static void try_order(struct tables *tables)
{
	static const char follow[] = "its frames do not follow each other", missing[] = "its first frame is missing";

	say(tables, (struct wire_table){ 2, DEVICE, 300, 100, 100 }, 5);
	CHECK(said(tables, 2, missing));
	say(tables, (struct wire_table){ 2, DEVICE, 300, 0, 100 }, 5);
	say(tables, (struct wire_table){ 2, DEVICE, 300, 200, 100 }, 5);
	CHECK(said(tables, 2, follow) && said(tables, 2, missing));
	say(tables, (struct wire_table){ 2, DEVICE, 300, 0, 100 }, 5);
	say(tables, (struct wire_table){ 3, DEVICE, 300, 100, 100 }, 5);
	CHECK(said(tables, 2, follow) && said(tables, 3, missing));
	say(tables, (struct wire_table){ 2, DEVICE, 300, 0, 100 }, 5);
	say(tables, (struct wire_table){ 2, DEVICE, 301, 100, 100 }, 5);
	CHECK(said(tables, 2, follow) && said(tables, 2, missing));
	say(tables, (struct wire_table){ 2, DEVICE, 300, 0, 100 }, 5);
	say(tables, (struct wire_table){ 2, DEVICE + 1, 300, 100, 100 }, 5);
	CHECK(said(tables, 2, follow) && said(tables, 2, missing));
	/* One that is refused for itself is told so, whatever it is the first of. */
	tables_take(tables, (const char *)&(struct wire_table){ 2, DEVICE, 300, 100, 1 }, sizeof(struct wire_table));
	CHECK(said(tables, 2, "its count does not add up to the frame's length"));
	say(tables, (struct wire_table){ 2, DEVICE, 3, 0, 1 }, 5);
	tables_take(tables, (const char *)&(struct wire_table){ 2, DEVICE, 3, 1, 1 }, sizeof(struct wire_table));
	CHECK(said(tables, 2, "its count does not add up to the frame's length"));
	CHECK(!tables_has(tables, 2) && !tables_has(tables, 3) && tables->files == 100);
}

/* Rows that are there already are another table all the same on another device, and when there are more or fewer. */
static void try_alike(struct tables *tables)
{
	static const struct {
		uint32_t device, files;
	} alike[] = {
		{ DEVICE, 100 }, { DEVICE + 1, 100 }, { DEVICE + 1, 90 }, { DEVICE + 1, 110 }, { DEVICE + 1, 100 }
	};
	uint32_t id = id_of(1);
	size_t i;

	for (i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
		struct wire_file last = file_of(alike[i].files - 1, 5), behind = file_of(alike[i].files, 5);

		say(tables, (struct wire_table){ 1, alike[i].device, alike[i].files, 0, alike[i].files }, 5);
		CHECK(said(tables, 1, "taken") && id_of(1) != id && tables->files == alike[i].files);
		last.device = alike[i].device;
		CHECK(look(tables, 1, last) == DECIDE_SAME && look(tables, 1, behind) == DECIDE_UNTABLED);
		id = id_of(1);
	}
}

/* While a table is on its way into the kernel the one that it replaces is not compared with: it is about to go. */
static void try_busy(struct tables *tables)
{
	pthread_rwlock_rdlock(&tables->lock); /* holds up the thread that inserts */
	say(tables, (struct wire_table){ 1, DEVICE + 1, 100, 0, 100 }, 6);
	say(tables, (struct wire_table){ 1, DEVICE + 1, 100, 0, 50 }, 5);
	pthread_rwlock_unlock(&tables->lock);
	CHECK(said(tables, 1, "taken"));
	say(tables, (struct wire_table){ 1, DEVICE + 1, 100, 50, 50 }, 5);
	CHECK(said(tables, 1, "taken") && tables->files == 100);
	CHECK(look(tables, 1, file_of(0, 5)) == DECIDE_CHANGED);
}

/* Rows that are sorted in each frame, and not from one to the next. */
static void try_sorting(struct tables *tables)
{
	struct {
		struct wire_table head;
		struct wire_table_row row;
	} frame = { .head = { 2, DEVICE, 2, 0, 1 }, .row = { .inode = 5 } };

	tables_take(tables, (char *)&frame, sizeof(frame));
	frame.head.first = 1;
	tables_take(tables, (char *)&frame, sizeof(frame));
	CHECK(said(tables, 2, "its rows are not sorted by inode"));
}

/* Asks the policies, whose lock is taken before that of the tables. */
static bool is_named(void *context, uint32_t number)
{
	struct tables *tables = context;
	bool is_free = !pthread_rwlock_trywrlock(&tables->lock);

	CHECK(is_free);
	if (is_free)
		pthread_rwlock_unlock(&tables->lock);
	if (number == anew) {
		say_whole(tables, number, 10, 9);
		CHECK(said(tables, number, "taken"));
	}
	return number == named;
}

static void try_ends(struct tables *tables)
{
	say_whole(tables, 4, 10, 5);
	CHECK(said(tables, 4, "taken"));
	tables_tick(tables, is_named, tables);
	CHECK(is_quiet(tables) && tables_has(tables, 4)); /* not forgotten, though nothing names it yet */
	named = 4;
	tables_forget(tables, 4);
	tables_tick(tables, is_named, tables);
	CHECK(tables_has(tables, 4));
	named = 0;
	say_whole(tables, 4, 10, 5); /* wanted again */
	CHECK(said(tables, 4, "taken"));
	tables_tick(tables, is_named, tables);
	CHECK(tables_has(tables, 4));
	tables_forget(tables, 4);
	tables_tick(tables, is_named, tables);
	CHECK(!tables_has(tables, 4) && tables_has(tables, 1));
	CHECK(is_quiet(tables) && !id_of(4) && tables->files == 100);
	say(tables, (struct wire_table){ 5, DEVICE, 200, 0, 100 }, 5);
	now += TABLES_PATIENCE;
	tables_tick(tables, is_named, tables);
	CHECK(is_quiet(tables) && tables->files == 300);
	say(tables, (struct wire_table){ 5, DEVICE, 200, 100, 50 }, 5); /* its time begins anew with each frame */
	now += TABLES_PATIENCE;
	tables_tick(tables, is_named, tables);
	CHECK(is_quiet(tables) && tables->files == 300);
	now += 1;
	tables_tick(tables, is_named, tables);
	CHECK(said(tables, 5, "its frames stopped coming") && tables->files == 100);
	/* One that comes in again as it is stays while it comes, though it is forgotten. */
	say_whole(tables, 4, 10, 5);
	CHECK(said(tables, 4, "taken"));
	tables_forget(tables, 4);
	say(tables, (struct wire_table){ 4, DEVICE, 10, 0, 5 }, 5);
	tables_tick(tables, is_named, tables);
	CHECK(is_quiet(tables) && tables_has(tables, 4));
	say(tables, (struct wire_table){ 4, DEVICE, 10, 5, 5 }, 5);
	CHECK(said(tables, 4, "taken"));
	tables_tick(tables, is_named, tables);
	CHECK(tables_has(tables, 4));
	tables_forget(tables, 4);
	tables_tick(tables, is_named, tables);
	CHECK(is_quiet(tables) && !tables_has(tables, 4) && tables->files == 100);
	/* One that another takes the place of meanwhile is not taken for it. */
	say_whole(tables, 4, 10, 5);
	CHECK(said(tables, 4, "taken"));
	tables_forget(tables, 4);
	anew = 4;
	tables_tick(tables, is_named, tables);
	anew = 0;
	CHECK(is_quiet(tables) && look(tables, 4, file_of(9, 9)) == DECIDE_SAME);
	tables_forget(tables, 4);
	tables_tick(tables, is_named, tables);
	CHECK(is_quiet(tables) && !tables_has(tables, 4) && tables->files == 100);
}

static void try_bounds(struct tables *tables)
{
	static const char large[] =
		"the tables of all images would be larger than 512 MB; remove containers of other images";
	uint64_t files = tables->files;
	uint32_t number;

	tables->files = TABLES_FILES - 9;
	say_whole(tables, 6, 10, 5);
	CHECK(said(tables, 6, large));
	say_whole(tables, 6, 9, 5);
	CHECK(said(tables, 6, "taken") && tables->files == TABLES_FILES);
	tables->files = files + 9;
	for (number = 10; number < 16; number++) { /* the test's map has room for 8 */
		say_whole(tables, number, 3, 5);
		CHECK(said(tables, number, "taken"));
	}
	say_whole(tables, 16, 3, 5);
	CHECK(said(tables, 16, "the kernel's list of tables is full"));
	CHECK(!tables_has(tables, 16) && tables->files == files + 9 + 6 * 3);
}

/* What is in the kernel is written no more, by whoever errs in this process. */
static void try_seal(struct tables *tables)
{
	int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	CHECK(tables->first && read(zeros, tables->first->rows, 1) < 0 && errno == EFAULT);
	close(zeros);
}

/* A table of before with room for `room` rows, whose head says that it has `files`. Whether it is taken in. */
static bool resumes(uint32_t room, uint64_t files)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
	struct table_row head = { .head = { .files = files } };
	struct bpf_map_info about = {};
	uint32_t bytes = sizeof(about), zero = 0;
	int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "before", 4, sizeof(head), room + 1, &options);
	struct table *table;

	CHECK(!bpf_map_update_elem(map, &zero, &head, BPF_ANY) && !bpf_obj_get_info_by_fd(map, &about, &bytes));
	table = table_resume(9, about.id);
	close(map);
	return table != NULL;
}

static void try_resume(void)
{
	CHECK(resumes(3, 3) && resumes(1, 1));
	CHECK(!resumes(3, 2) && !resumes(3, 4) && !resumes(3, 0) && !resumes(0, 0));
}

static void try_start(struct tables *before)
{
	static struct tables tables; /* its thread goes on */
	struct wire_file moved = file_of(2, 5);
	uint32_t id = id_of(15);

	moved.device = DEVICE + 1;

	CHECK(!tables_open(&tables, &kernel, before->signal));
	CHECK(tables.files == before->files);
	CHECK(tables_has(&tables, 1) && tables_has(&tables, 15) && !tables_has(&tables, 16));
	CHECK(look(&tables, 15, file_of(2, 5)) == DECIDE_SAME && look(&tables, 15, file_of(3, 5)) == DECIDE_UNTABLED);
	CHECK(look(&tables, 1, file_of(2, 5)) == DECIDE_CHANGED); /* its device is known too */
	CHECK(look(&tables, 1, moved) == DECIDE_SAME);
	say_whole(&tables, 15, 3, 5);
	CHECK(said(&tables, 15, "taken") && tables.files == before->files && id_of(15) == id); /* not made again */
}

int main(void)
{
	static struct tables tables;

	make_kernel(&kernel);
	CHECK(!tables_open(&tables, &kernel, eventfd(0, EFD_NONBLOCK)));
	try_look(&tables);
	try_again(&tables);
	try_order(&tables);
	try_alike(&tables);
	try_busy(&tables);
	try_sorting(&tables);
	try_ends(&tables);
	try_bounds(&tables);
	try_seal(&tables);
	try_resume();
	try_start(&tables);
	return failures > 0;
}
