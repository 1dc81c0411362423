/* A file, or memory that holds its code, is mapped executable at once. */
#include "map-code.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

static void by_mmap(void)
{
	run(mmap(NULL, PAGE, RX, MAP_PRIVATE, code_file(), 0));
}

static void by_shared_mmap(void)
{
	run(mmap(NULL, PAGE, RX, MAP_SHARED, code_file(), 0));
}

static void by_shared_memory(void)
{
	int id = shmget(IPC_PRIVATE, 3 * PAGE, IPC_CREAT | 0700);
	char *writable = shmat(id, NULL, 0);

	fill(writable);
	shmctl(id, IPC_RMID, NULL);
	run(shmat(id, NULL, SHM_EXEC));
}

static void by_memory_file(void)
{
	run(mmap(NULL, PAGE, RX, MAP_PRIVATE, memory_file("hidden"), 0));
}

/* A library under the name of .NET's memory. */
static void by_false_name(void)
{
	run(mmap(NULL, PAGE, RX, MAP_PRIVATE, memory_file("doublemapper"), 0));
}

static void by_deleted_file(void)
{
	int fd = open("/tmp/deleted", O_RDWR | O_CREAT, 0700);
	char all[3 * PAGE];

	fill(all);
	must(write(fd, all, sizeof(all)));
	unlink("/tmp/deleted");
	run(mmap(NULL, PAGE, RX, MAP_PRIVATE, fd, 0));
}

const struct way file_ways[] = {
	{ "mmap", by_mmap },
	{ "shared-mmap", by_shared_mmap },
	{ "shmat", by_shared_memory },
	{ "memfd", by_memory_file },
	{ "false-name", by_false_name },
	{ "deleted", by_deleted_file },
	{ NULL, NULL },
};
