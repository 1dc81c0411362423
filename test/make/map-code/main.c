/* Maps the code of a file executable in one of many ways, and runs it: `map-code WAY FILE [TRIES]`. The code writes
 * "ran\n" to standard output and returns. Ends with 0 when it ran, with 126 when the kernel refused. With STAY in its
 * environment it stays as it is then. */
#include "map-code.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *path;

void run(const void *code)
{
	if (code == MAP_FAILED) {
		fprintf(stderr, "%s\n", strerror(errno));
		_exit(errno == EPERM || errno == EACCES ? 126 : 1);
	}
	((void (*)(void))code)();
	if (getenv("STAY"))
		pause();
	_exit(0);
}

void must(long done)
{
	if (done != -1)
		return;
	fprintf(stderr, "%s\n", strerror(errno));
	_exit(errno == EPERM || errno == EACCES ? 126 : 1);
}

int code_file(void)
{
	int fd = open(path, O_RDONLY);

	must(fd);
	return fd;
}

char *readable(void)
{
	char *at = mmap(LOW, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, code_file(), 0);

	if (at == MAP_FAILED)
		must(-1);
	return at;
}

void fill(char *to)
{
	must(read(code_file(), to, 3 * PAGE));
}

int memory_file(const char *name)
{
	int fd = memfd_create(name, 0);
	char *at;

	must(ftruncate(fd, 3 * PAGE));
	at = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
	fill(at);
	munmap(at, 3 * PAGE);
	return fd;
}

static const struct way *find(const struct way *way, const char *name)
{
	while (way->name && strcmp(way->name, name))
		way++;
	return way->name ? way : NULL;
}

int main(int count, char **words)
{
	const struct way *const lists[] = { file_ways, protect_ways, shared_ways, own_ways, harmless_ways, other_ways };
	int tries = count > 3 ? atoi(words[3]) : 1, ended = 0;
	const struct way *way = NULL;
	size_t i;

	for (i = 0; count >= 3 && !way && i < sizeof(lists) / sizeof(lists[0]); i++)
		way = find(lists[i], words[1]);
	if (!way)
		return 2;
	path = words[2];
	if (tries == 1)
		way->take();
	while (tries-- > 0) {
		int pid = fork(), how;

		if (pid == 0)
			way->take();
		waitpid(pid, &how, 0);
		ended += (WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL) || (WIFEXITED(how) && WEXITSTATUS(how) == 126);
	}
	printf("stopped %d\n", ended);
	return 0;
}
