/* Known copies and tickets in maps of this kernel: whose leave when there are too many, and when. Needs root. */
#include "kernel-maps.h"

#define WEB 1
#define JOBS 2
#define LATE 3
#define IMAGES 4

static struct kernel kernel;

static struct wire_file file_of(uint64_t inode)
{
	return (struct wire_file){ .device = 7, .inode = inode, .ctime = inode + 1, .size = inode + 2 };
}

static bool add(struct copies *copies, uint64_t cgroup, uint64_t inode)
{
	struct wire_file file = file_of(inode);
	uint8_t sha256[32] = { inode % 251, 1 };

	return copies_add(copies, cgroup, &file, sha256);
}

/* Digest of a known copy, -1 when it is none. */
static int digest_of(struct copies *copies, uint64_t cgroup, struct wire_file file)
{
	struct guard_digest digest = {};

	return copies_digest(copies, cgroup, &file, &digest) ? digest.sha256[0] : -1;
}

static bool knows(struct copies *copies, uint64_t cgroup, uint64_t inode)
{
	return digest_of(copies, cgroup, file_of(inode)) == (int)(inode % 251);
}

static void try_identity(struct copies *copies)
{
	struct wire_file file;

	CHECK(add(copies, WEB, 5) && add(copies, WEB, 5) && knows(copies, WEB, 5));
	CHECK(entries_of(kernel.known_copies) == 1);
	CHECK(!knows(copies, JOBS, 5));
	file = file_of(5), file.device++, CHECK(digest_of(copies, WEB, file) < 0);
	file = file_of(5), file.inode++, CHECK(digest_of(copies, WEB, file) < 0);
	file = file_of(5), file.ctime++, CHECK(digest_of(copies, WEB, file) < 0);
	file = file_of(5), file.size++, CHECK(digest_of(copies, WEB, file) < 0);
}

/* One that is taken in again takes no more room. */
static void try_again(struct copies *copies)
{
	uint64_t i;

	for (i = 0; i < COPIES_OF_ONE; i++)
		CHECK(add(copies, WEB, 5));
	CHECK(add(copies, WEB, 6) && knows(copies, WEB, 5) && knows(copies, WEB, 6));
	copies_leave(copies, WEB);
	CHECK(entries_of(kernel.known_copies) == 0);
	copies_leave(copies, WEB);
	CHECK(add(copies, WEB, 5) && knows(copies, WEB, 5));
}

/* Many containers: each keeps its own when another leaves. */
static void try_others(struct copies *copies)
{
	uint64_t cgroup, cgroups[2000];

	for (cgroup = 1000; cgroup < 3000; cgroup++)
		CHECK(add(copies, cgroup, cgroup));
	for (cgroup = 1000; cgroup < 3000; cgroup += 2)
		copies_leave(copies, cgroup);
	for (cgroup = 1000; cgroup < 3000; cgroup++)
		CHECK(knows(copies, cgroup, cgroup) == (cgroup % 2 == 1));
	CHECK(copies_containers(copies, cgroups, 2000) == 1000 + 1); /* and WEB */
	for (cgroup = 1001; cgroup < 3000; cgroup += 2)
		copies_leave(copies, cgroup);
	CHECK(copies_containers(copies, cgroups, 2000) == 1 && cgroups[0] == WEB);
}

/* A container with more than it has room for loses its oldest, and no other's; those are taken again when asked. */
static void try_many(struct copies *copies)
{
	uint64_t i;

	for (i = 0; i < COPIES_OF_ONE; i++)
		CHECK(add(copies, JOBS, 1000 + i));
	CHECK(knows(copies, JOBS, 1000) && entries_of(kernel.known_copies) == COPIES_OF_ONE + 1);
	CHECK(add(copies, JOBS, 999));
	CHECK(!knows(copies, JOBS, 1000) && knows(copies, JOBS, 1001) && knows(copies, JOBS, 999));
	CHECK(entries_of(kernel.known_copies) == COPIES_OF_ONE + 1 && knows(copies, WEB, 5));
	CHECK(add(copies, JOBS, 1000));
	CHECK(knows(copies, JOBS, 1000) && !knows(copies, JOBS, 1001) && knows(copies, JOBS, 1002));
}

/* The map is full: who has copies gives up an own one, who has none is told so. */
static void try_full(struct copies *copies)
{
	uint64_t i;

	for (i = 0; i < 98; i++)
		CHECK(add(copies, WEB, 100 + i));
	CHECK(add(copies, LATE, 1));
	CHECK(entries_of(kernel.known_copies) == COPIES_OF_ONE + 100);
	CHECK(add(copies, LATE, 2) && knows(copies, LATE, 2) && !knows(copies, LATE, 1));
	copies_leave(copies, LATE);
	CHECK(add(copies, WEB, 300) && knows(copies, WEB, 5));
	CHECK(!add(copies, LATE, 1) && copies->reported_full);
	CHECK(add(copies, WEB, 301) && knows(copies, WEB, 301) && !knows(copies, WEB, 5) && knows(copies, WEB, 100));
	copies_leave(copies, JOBS);
	CHECK(entries_of(kernel.known_copies) == 100);
	CHECK(add(copies, LATE, 1));
}

static bool count_one(const void *context, const uint8_t *sha256)
{
	(void)sha256;
	++*(uint32_t *)context;
	return true;
}

static bool is_even(const void *context, const uint8_t *sha256)
{
	(void)context;
	return sha256[0] % 2 == 0;
}

/* How many the container has, by the list that `copies_review` goes through. */
static uint32_t all_of(struct copies *copies, uint64_t cgroup)
{
	uint32_t count = 0;

	copies_review(copies, cgroup, count_one, &count);
	return count;
}

static void try_review(struct copies *copies)
{
	uint64_t cgroups[4], i;
	uint32_t before;

	CHECK(copies_containers(copies, cgroups, 4) == 2 && !copies->reported_full);
	CHECK(copies_containers(copies, cgroups, 1) == 1);
	copies_review(copies, WEB, is_even, NULL);
	copies_review(copies, 99, is_even, NULL);
	for (i = 100; i < 198; i++)
		CHECK(knows(copies, WEB, i) == (i % 251 % 2 == 0));
	CHECK(knows(copies, LATE, 1));
	/* What is left leaves in its order, and all of it with the container. */
	before = entries_of(kernel.known_copies);
	CHECK(all_of(copies, WEB) == before - 1);
	for (i = 0; i < COPIES_OF_ONE; i++)
		CHECK(add(copies, JOBS, i));
	CHECK(add(copies, WEB, 400));
	for (i = 0; entries_of(kernel.known_copies) < COPIES_OF_ONE + 100; i++)
		CHECK(add(copies, WEB, 500 + i));
	CHECK(knows(copies, WEB, 100) && add(copies, WEB, 499) && !knows(copies, WEB, 100) && knows(copies, WEB, 102));
	CHECK(add(copies, WEB, 498) && !knows(copies, WEB, 102) && knows(copies, WEB, 104));
	copies_leave(copies, JOBS);
}

static void try_start(void)
{
	struct copies copies;
	uint32_t before = entries_of(kernel.known_copies);

	copies_open(&copies, &kernel);
	CHECK(entries_of(kernel.known_copies) == before && knows(&copies, WEB, 104));
	copies_leave(&copies, WEB);
	CHECK(entries_of(kernel.known_copies) == 1 && knows(&copies, LATE, 1));
}

static bool is_none(const void *context, const uint8_t *sha256)
{
	(void)context;
	(void)sha256;
	return false;
}

/* Copies of the image's own files: known as those, not by a digest, and whatever the policy names. */
static void try_images(struct copies *copies)
{
	struct wire_file file = file_of(7), image = file_of(70), found = {};

	CHECK(!copies_image(copies, IMAGES, &file, &found));
	CHECK(copies_add_image(copies, IMAGES, &file, &image));
	CHECK(copies_image(copies, IMAGES, &file, &found) && found.inode == 70 && found.ctime == image.ctime);
	CHECK(digest_of(copies, IMAGES, file) < 0);
	CHECK(add(copies, IMAGES, 8) && !copies_image(copies, IMAGES, (file = file_of(8), &file), &found));
	copies_review(copies, IMAGES, is_none, NULL);
	CHECK(!knows(copies, IMAGES, 8));
	file = file_of(7);
	CHECK(copies_image(copies, IMAGES, &file, &found));
	file.ctime++;
	CHECK(!copies_image(copies, IMAGES, &file, &found));
	file.ctime--;
	CHECK(!copies_image(copies, WEB, &file, &found));
	copies_leave(copies, IMAGES);
	CHECK(!copies_image(copies, IMAGES, &file, &found));
}

/* The kernel's programs compare each part of it. */
static bool is_ticket_of(uint32_t thread, const struct wire_file *file)
{
	struct ticket ticket = {};

	bpf_map_lookup_elem(kernel.tickets, &thread, &ticket);
	return ticket.time == now && ticket.device == file->device && ticket.inode == file->inode &&
	       ticket.ctime == file->ctime && ticket.size == file->size;
}

static bool has_ticket(uint32_t thread)
{
	struct ticket ticket;

	return !bpf_map_lookup_elem(kernel.tickets, &thread, &ticket);
}

static void try_tickets(struct copies *copies)
{
	struct wire_file file = file_of(5);
	struct ticket ticket = {};
	uint32_t thread = 5;

	CHECK(copies_ticket(copies, 1, &file, NULL) && is_ticket_of(1, &file));
	now += TICKET_NS;
	CHECK(copies_ticket(copies, 2, &file, NULL) && copies_ticket(copies, 3, &file, NULL) &&
	      copies_ticket(copies, 4, &file, NULL));
	CHECK(!copies_ticket(copies, 5, &file, NULL)); /* the test's map has room for 4 */
	file = file_of(6);
	CHECK(copies_ticket(copies, 4, &file, NULL) && is_ticket_of(4, &file));
	copies_tick(copies);
	CHECK(has_ticket(1) && has_ticket(2));
	now += 1;
	copies_tick(copies);
	CHECK(!has_ticket(1) && has_ticket(2) && has_ticket(3) && has_ticket(4));
	CHECK(copies_ticket(copies, 5, &file, &file));
	CHECK(!bpf_map_lookup_elem(kernel.tickets, &thread, &ticket) && ticket.image.inode == 6);
	thread = 4;
	CHECK(!bpf_map_lookup_elem(kernel.tickets, &thread, &ticket) && ticket.image.inode == 0);
}

int main(void)
{
	static struct copies copies;

	make_kernel(&kernel);
	copies_open(&copies, &kernel);
	try_identity(&copies);
	try_again(&copies);
	try_others(&copies);
	try_many(&copies);
	try_full(&copies);
	try_review(&copies);
	try_start();
	try_images(&copies);
	try_tickets(&copies);
	return failures > 0;
}
