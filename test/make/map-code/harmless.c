/* What no policy objects to. */
#include "map-code.h"

#include <stddef.h>
#include <unistd.h>

static void by_memory(void)
{
	char *at = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	fill(at);
	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

/* A file whose pages are written in memory of this process alone. */
static void by_patching(void)
{
	char *at = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE, code_file(), 0);

	fill(at);
	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

static void by_memory_of_many(void)
{
	char *at = mmap(NULL, 3 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	fill(at);
	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

/* As .NET maps each page of its compiled code twice. */
static void by_mapping_twice(void)
{
	int fd = memfd_create("doublemapper", MFD_CLOEXEC);
	char *at, *writable;

	must(ftruncate(fd, 64 * PAGE));
	at = mmap(NULL, 64 * PAGE, PROT_NONE, MAP_SHARED, fd, 0);
	writable = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
	fill(writable);
	munmap(writable, 3 * PAGE);
	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

const struct way harmless_ways[] = {
	{ "memory", by_memory },
	{ "patched", by_patching },
	{ "memory-of-many", by_memory_of_many },
	{ "mapped-twice", by_mapping_twice },
	{ NULL, NULL },
};
