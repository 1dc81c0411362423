/* What labs let into containers. `intruder` leaves a mark and says so; by its first word it does other things:
 * storm COUNT PROGRAM    starts a program again and again
 * race PROGRAM OTHER N   starts PROGRAM while another thread writes OTHER over its name
 * memory PROGRAM         runs a copy of it from a memfd
 * into CGROUP PROGRAM    runs a copy of it from a memfd in a child that clone3 puts into the cgroup of that folder
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int leave_mark(void)
{
	const char *mark = getenv("MARK");
	int file = open(mark ? mark : "/mark/ran", O_CREAT | O_WRONLY | O_APPEND, 0666);

	if (file >= 0)
		(void)!write(file, "ran\n", 4);
	puts("intruder ran");
	return 0;
}

static int storm(long count, char *program)
{
	char *const words[] = {program, NULL};

	while (count-- > 0) {
		pid_t child = vfork();

		if (child == 0) {
			execve(program, words, environ);
			_exit(127);
		}
		waitpid(child, NULL, 0);
	}
	return 0;
}

struct race {
	char name[256];
	const char *one, *other;
	volatile int writes;
};

static void *rewrite(void *given)
{
	struct race *race = given;

	for (;;) {
		race->writes = 1;
		strcpy(race->name, race->other);
		strcpy(race->name, race->one);
	}
	return NULL;
}

static int race(const char *one, const char *other, long rounds)
{
	while (rounds-- > 0) {
		pid_t child = fork();

		if (child == 0) {
			static struct race race;
			char *const words[] = {"harmless", NULL};
			pthread_t thread;

			race.one = one;
			race.other = other;
			strcpy(race.name, one);
			pthread_create(&thread, NULL, rewrite, &race);
			while (!race.writes) /* on a busy machine the other thread comes late */
				;
			for (int tries = 0; tries < 200; tries++)
				execve(race.name, words, environ);
			_exit(127);
		}
		waitpid(child, NULL, 0);
	}
	return 0;
}

static int from_memory(char *program)
{
	char *const words[] = {"from-memory", NULL};
	int source = open(program, O_RDONLY), copy = memfd_create("tide", 0);
	struct stat facts;

	if (source < 0 || copy < 0 || fstat(source, &facts) < 0)
		return 1;
	if (sendfile(copy, source, NULL, facts.st_size) != facts.st_size)
		return 1;
	fexecve(copy, words, environ);
	perror("fexecve");
	return 126;
}

static int into_cgroup(const char *cgroup, char *program)
{
	struct clone_args how = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = open(cgroup, O_PATH | O_DIRECTORY),
	};
	pid_t child = syscall(SYS_clone3, &how, sizeof(how));
	int status = 0;

	if (child == 0)
		_exit(from_memory(program));
	if (child < 0 || waitpid(child, &status, 0) < 0) {
		perror("clone3");
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int count, char **words)
{
	if (count == 4 && strcmp(words[1], "storm") == 0)
		return storm(atol(words[2]), words[3]);
	if (count == 5 && strcmp(words[1], "race") == 0)
		return race(words[2], words[3], atol(words[4]));
	if (count == 3 && strcmp(words[1], "memory") == 0)
		return from_memory(words[2]);
	if (count == 4 && strcmp(words[1], "into") == 0)
		return into_cgroup(words[2], words[3]);
	return leave_mark();
}
