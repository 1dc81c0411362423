/* Reads arbitrary bytes as files of /proc, whose names and words a container chooses. */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* What the parsers open: the input, from its beginning. */
static int input = -1;

static int open_input(const char *path, int flags)
{
	(void)path;
	lseek(input, 0, SEEK_SET);
	return fcntl(input, flags & O_CLOEXEC ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
}

#define open open_input
#include "../../sensor/guard/process.c"
#undef open

#define NOBODY 0 /* no thread has this number */

static void words(size_t size, size_t room)
{
	char *text = malloc(room);
	size_t got = process_arguments(NOBODY, text, room);

	if (got >= room || got > size || text[got] != '\0')
		abort();
	got = process_environment(NOBODY, text, room);
	if (got >= room || got > size || text[got] != '\0')
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct process_line line;
	uint64_t address = 0;

	if (input < 0)
		input = memfd_create("fuzz", MFD_CLOEXEC);
	if (ftruncate(input, 0) || pwrite(input, data, size, 0) != (ssize_t)size)
		abort();
	memcpy(&address, data, size < sizeof(address) ? size : sizeof(address));
	process_line(NOBODY, &line);
	process_of(NOBODY);
	process_inner_number(NOBODY);
	process_in_loader(NOBODY, address);
	process_in_loader(NOBODY, 0x7f0000001000);
	process_runs_file(NOBODY, 1234);
	words(size, 16);
	words(size, 4096);
	return 0;
}
