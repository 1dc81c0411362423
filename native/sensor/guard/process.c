#include "process.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIECE 16384 /* of a file of lines; a longer line is cut */

static int open_of(uint32_t thread, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/%s", thread, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Reads a small file of /proc and ends it with a NUL. */
static size_t read_of(uint32_t thread, const char *name, char *text, size_t size)
{
	int file = open_of(thread, name);
	ssize_t got;

	text[0] = '\0';
	if (file < 0)
		return 0;
	got = read(file, text, size - 1);
	close(file);
	if (got < 0)
		got = 0;
	text[got] = '\0';
	return (size_t)got;
}

size_t process_link(uint32_t thread, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%u/%s", thread, name);
	got = readlink(path, text, size - 1);
	if (got < 0)
		got = 0;
	text[got] = '\0';
	return (size_t)got;
}

size_t process_program(uint32_t thread, char *path, size_t size)
{
	return process_link(thread, "exe", path, size);
}

bool process_program_file(uint32_t thread, struct statx *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/exe", thread);
	return statx(AT_FDCWD, path, 0, PROCESS_STATX, file) == 0;
}

uint64_t process_ids(uint32_t thread)
{
	char path[64];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/%u/ns/pid", thread);
	return stat(path, &status) == 0 ? status.st_ino : 0;
}

bool process_line(uint32_t thread, struct process_line *line)
{
	char text[1024];
	const char *end;
	char state;
	unsigned parent;
	unsigned long long ticks;

	if (read_of(thread, "stat", text, sizeof(text)) == 0)
		return false;
	end = strrchr(text, ')'); /* the name before it may hold anything */
	if (end == NULL ||
	    sscanf(end + 1, " %c %u %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &state,
		   &parent, &ticks) != 3)
		return false;
	line->parent = parent;
	line->start = ticks * (1000000000ull / (unsigned long long)sysconf(_SC_CLK_TCK));
	return true;
}

uint32_t process_of(uint32_t thread)
{
	char text[512];
	const char *line;

	/* Only a process's first thread has its number. */
	if (syscall(SYS_tgkill, thread, thread, 0) == 0)
		return thread;
	read_of(thread, "status", text, sizeof(text));
	line = strstr(text, "\nTgid:");
	return line == NULL ? thread : (uint32_t)strtoul(line + 6, NULL, 10);
}

uint32_t process_uid(uint32_t thread)
{
	char path[64];
	struct stat status;

	/* Effective user, unless the program may not be dumped. */
	snprintf(path, sizeof(path), "/proc/%u/task", thread);
	return stat(path, &status) == 0 ? status.st_uid : 0;
}

/* Reads what is in the process's memory: a page at a time comes out of /proc. */
static size_t read_words(uint32_t thread, const char *name, char *words, size_t size)
{
	int file = open_of(thread, name);
	size_t used = 0;
	ssize_t got = 1;

	while (file >= 0 && used + 1 < size && (got = read(file, words + used, size - 1 - used)) > 0)
		used += (size_t)got;
	if (file >= 0)
		close(file);
	words[used] = '\0';
	return used;
}

size_t process_arguments(uint32_t thread, char *words, size_t size)
{
	return read_words(thread, "cmdline", words, size);
}

size_t process_environment(uint32_t thread, char *words, size_t size)
{
	return read_words(thread, "environ", words, size);
}

/* Calls `seen` for each line until it says stop. A container makes lines as long as it likes: none hides those behind it. */
static void each_line(uint32_t thread, const char *name, bool (*seen)(void *ctx, const char *line), void *ctx)
{
	char text[PIECE + 1];
	bool cut = false; /* the line was given already */
	size_t kept = 0;
	ssize_t got;
	int file = open_of(thread, name);

	if (file < 0)
		return;
	while ((got = read(file, text + kept, PIECE - kept)) > 0) {
		char *line = text;
		char *end;

		text[kept + (size_t)got] = '\0';
		for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			*end = '\0';
			if (!cut && seen(ctx, line))
				goto out;
			cut = false;
		}
		kept = cut ? 0 : strlen(line);
		if (kept == PIECE) {
			if (seen(ctx, line))
				goto out;
			cut = true;
			kept = 0;
		}
		memmove(text, line, kept);
	}
out:
	close(file);
}

static bool see_inner_number(void *ctx, const char *line)
{
	uint32_t *number = ctx;
	const char *last = strrchr(line, '\t');

	if (strncmp(line, "NStgid:", 7) != 0 || last == NULL)
		return false;
	*number = (uint32_t)strtoul(last, NULL, 10);
	return true;
}

uint32_t process_inner_number(uint32_t thread)
{
	uint32_t number = 0;

	each_line(thread, "status", see_inner_number, &number); /* behind its groups, which may be many */
	return number;
}

struct loader_search {
	uint64_t address;
	enum process_loader found;
};

static bool see_loader(void *ctx, const char *line)
{
	struct loader_search *search = ctx;
	uint64_t from = 0;
	uint64_t to = 0;
	const char *name = strrchr(line, '/');

	if (sscanf(line, "%" SCNx64 "-%" SCNx64, &from, &to) != 2 || search->address < from || search->address >= to)
		return false;
	if (name == NULL)
		return true;
	if (strncmp(name, "/ld-musl", 8) == 0 || strncmp(name, "/libc.musl", 10) == 0)
		search->found = PROCESS_LOADER_MUSL;
	else if (strncmp(name, "/ld-", 4) == 0 || strncmp(name, "/ld.so", 6) == 0 || strncmp(name, "/ld64.so", 8) == 0)
		search->found = PROCESS_LOADER_GLIBC;
	return true;
}

enum process_loader process_in_loader(uint32_t thread, uint64_t address)
{
	struct loader_search search = { .address = address };

	each_line(thread, "maps", see_loader, &search);
	return search.found;
}

struct file_search {
	uint64_t inode;
	bool found;
};

static bool see_file(void *ctx, const char *line)
{
	struct file_search *search = ctx;
	char rights[8];
	uint64_t inode;

	if (sscanf(line, "%*s %7s %*s %*s %" SCNu64, rights, &inode) == 2 && inode == search->inode &&
	    strchr(rights, 'x') != NULL)
		search->found = true;
	return search->found;
}

bool process_runs_file(uint32_t process, uint64_t inode)
{
	struct file_search search = { .inode = inode };

	each_line(process, "maps", see_file, &search);
	return search.found;
}

bool process_outside(uint32_t thread)
{
	static char own[64];
	char theirs[64];

	if (own[0] == '\0')
		process_link((uint32_t)getpid(), "ns/mnt", own, sizeof(own));
	return process_link(thread, "ns/mnt", theirs, sizeof(theirs)) > 0 && strcmp(own, theirs) == 0;
}
