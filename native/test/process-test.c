/* Files of /proc that a container makes long: what stands behind a long line is read all the same. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "expect.h"

/* What the parsers open: the file of the test, from its beginning. */
static int input = -1;

static int open_input(const char *path, int flags)
{
	(void)path;
	lseek(input, 0, SEEK_SET);
	return fcntl(input, flags & O_CLOEXEC ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
}

#define open open_input
#include "../sensor/guard/process.c"
#undef open

#define NOBODY 0 /* no thread has this number */

static void begin(void)
{
	if (input >= 0)
		close(input);
	input = memfd_create("proc", MFD_CLOEXEC);
	EXPECT(input >= 0);
}

static void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	EXPECT(vdprintf(input, format, arguments) >= 0);
	va_end(arguments);
}

/* Whoever may set groups makes this line as long as the kernel lets it. */
static void many_groups(void)
{
	int groups, i;

	for (groups = 0; groups <= 65536; groups = groups < 700 ? groups + 1 : groups * 3) {
		begin();
		say("Name:\tsh\nUmask:\t0022\nState:\tR (running)\nTgid:\t4711\nNgid:\t0\nPid:\t4711\nGroups:\t");
		for (i = 0; i < groups; i++)
			say("%d ", 4000000000u + i);
		say("\nNStgid:\t4711\t70\t7\nNSpid:\t4711\t70\t9\n");
		EXPECT(process_inner_number(NOBODY) == 7);
		EXPECT(process_of(NOBODY) == 4711);
	}
	begin();
	say("Name:\tNStgid:\nTgid:\t5\nNStgid:\t5\n");
	EXPECT(process_inner_number(NOBODY) == 5);
	begin();
	say("Name:\tsh\nTgid:\t5\n");
	EXPECT(process_inner_number(NOBODY) == 0);
}

/* A file's path is as long as its folders are deep; each line feed in it takes four letters. */
static void long_paths(void)
{
	int letters, i;

	for (letters = 16000; letters < 17000; letters++) {
		begin();
		say("1000-2000 r-xp 00000000 08:01 77 /");
		for (i = 0; i < letters / 4; i++)
			say("\\012");
		say("%.*s\n", letters % 4, "xxxx");
		say("7000-8000 r-xp 00000000 08:01 99 /lib/ld-linux-x86-64.so.2\n");
		EXPECT(process_runs_file(NOBODY, 77) && process_runs_file(NOBODY, 99) &&
		       !process_runs_file(NOBODY, 98));
		EXPECT(process_in_loader(NOBODY, 0x7800) == PROCESS_LOADER_GLIBC);
		EXPECT(process_in_loader(NOBODY, 0x1800) == PROCESS_LOADER_NOT);
	}
	begin();
	say("1000-2000 r-xp 00000000 08:01 77 /%0100000d\n7000-8000 r-xp 00000000 08:01 99 /lib/ld-musl-x86_64.so.1\n",
	    0);
	EXPECT(process_runs_file(NOBODY, 99) && process_in_loader(NOBODY, 0x7fff) == PROCESS_LOADER_MUSL);
}

int main(void)
{
	many_groups();
	long_paths();
	puts("long lines of /proc hide nothing");
	return 0;
}
