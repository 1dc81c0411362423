/* Load for measuring what the guard costs: `guard-load open FILE COUNT` or `guard-load exec PROGRAM COUNT`. Prints the
 * median and the mean in ns of one, and the processor time that one took. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static unsigned long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (unsigned long long)time.tv_sec * 1000000000u + (unsigned long long)time.tv_nsec;
}

static unsigned long long used(int whose)
{
	struct rusage usage;

	getrusage(whose, &usage);
	return ((unsigned long long)usage.ru_utime.tv_sec + (unsigned long long)usage.ru_stime.tv_sec) * 1000000000u +
	       ((unsigned long long)usage.ru_utime.tv_usec + (unsigned long long)usage.ru_stime.tv_usec) * 1000u;
}

static int compare(const void *one, const void *other)
{
	unsigned long long a = *(const unsigned long long *)one;
	unsigned long long b = *(const unsigned long long *)other;

	return a < b ? -1 : a > b;
}

static int do_open(char *path)
{
	int file = open(path, O_RDONLY);

	return file < 0 ? -1 : close(file);
}

static int do_exec(char *path)
{
	char *words[] = { path, NULL };
	char *none[] = { NULL };
	static posix_spawn_file_actions_t quiet;
	static int ready;
	pid_t child;
	int status;

	if (!ready) {
		posix_spawn_file_actions_init(&quiet);
		posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
		ready = 1;
	}
	if (posix_spawn(&child, path, &quiet, NULL, words, none) != 0)
		return -1;
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

int main(int count, char **words)
{
	size_t rounds = count == 4 ? strtoul(words[3], NULL, 10) : 0;
	unsigned long long *times = calloc(rounds + 1, sizeof(*times));
	unsigned long long sum = 0;
	int (*act)(char *) = count == 4 && strcmp(words[1], "exec") == 0 ? do_exec : do_open;

	if (rounds == 0 || times == NULL)
		return 2;
	for (size_t round = 0; round < rounds; round++) {
		unsigned long long from = now();

		if (act(words[2]) != 0)
			return 1;
		times[round] = now() - from;
		sum += times[round];
	}
	qsort(times, rounds, sizeof(*times), compare);
	printf("%llu %llu %llu\n", times[rounds / 2], sum / rounds,
	       (used(RUSAGE_SELF) + used(RUSAGE_CHILDREN)) / rounds);
	return 0;
}
