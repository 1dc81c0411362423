/* The program maps its own file, or one that looks like it. */
#include "map-code.h"

#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 1000
#define PROGRAM_BYTES (4UL << 20)

/* Runs nothing of it: it begins with no code. */
static void map(int file)
{
	must(mmap(NULL, PAGE, RX, MAP_PRIVATE, file, 0) == MAP_FAILED ? -1 : 0);
	_exit(0);
}

static void by_itself(void)
{
	map(code_file());
}

/* It has another time than when it was started. */
static void by_itself_touched(void)
{
	int file = code_file();

	usleep(20000); /* for the clock of files to go on */
	must(fchmod(file, 0700));
	map(file);
}

/* By name, so that nobody who watches what is opened asks for its time before both have it. */
static void make(const char *at)
{
	unlink(at);
	must(mknod(at, S_IFREG | 0700, 0));
	must(truncate(at, PROGRAM_BYTES));
}

/* On a tmpfs what is written to a page that was read through the mapping leaves the time of the file as it is; a page that is
 * written first changes it. */
static void put(const char *at, int from)
{
	int file = open(at, O_RDWR);
	char *bytes = mmap(NULL, PROGRAM_BYTES, RW, MAP_SHARED, file, 0);

	must(bytes == MAP_FAILED ? -1 : 0);
	for (size_t page = 0; page < PROGRAM_BYTES; page += PAGE)
		(void)*(volatile char *)(bytes + page);
	must(read(from, bytes, PROGRAM_BYTES));
	munmap(bytes, PROGRAM_BYTES);
	close(from);
	close(file);
}

static int are_twins(const struct stat *one, const struct stat *other)
{
	return one->st_ino == other->st_ino && !memcmp(&one->st_ctim, &other->st_ctim, sizeof(one->st_ctim));
}

/* A tmpfs counts numbers on each processor by itself. */
static void stay_on_processor(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	must(sched_setaffinity(0, sizeof(one), &one));
}

/* Makes a file anew until its number is at least so high. */
static void catch_up(const char *at, struct stat *found, ino_t number)
{
	while (found->st_ino < number) {
		make(at);
		must(stat(at, found));
	}
}

/* Starts this program on one file system, to map code on another one: of the same number, and the same time. */
static void by_twin(void)
{
	struct stat one, other;
	int tries = TRIES;

	stay_on_processor();
	do {
		make("/x/twin");
		make("/y/twin");
		must(stat("/x/twin", &one));
		must(stat("/y/twin", &other));
		if (are_twins(&one, &other))
			break;
		catch_up("/x/twin", &one, other.st_ino);
		catch_up("/y/twin", &other, one.st_ino);
	} while (tries-- > 0);
	put("/x/twin", open("/proc/self/exe", O_RDONLY));
	put("/y/twin", code_file());
	must(stat("/x/twin", &one));
	must(stat("/y/twin", &other));
	if (are_twins(&one, &other))
		execl("/x/twin", "map-code", "mmap", "/y/twin", NULL);
	_exit(1);
}

const struct way own_ways[] = {
	{ "itself", by_itself },
	{ "itself-touched", by_itself_touched },
	{ "twin", by_twin },
	{ NULL, NULL },
};
