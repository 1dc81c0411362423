#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

bool is_this_program(const char *path)
{
	struct stat own, other;

	return stat("/proc/self/exe", &own) == 0 && stat(path, &other) == 0 && own.st_dev == other.st_dev &&
	       own.st_ino == other.st_ino;
}

const char *become_runtime(const char *path, char *const *words)
{
	if (is_this_program(path))
		return "it is the gate itself";
	execv(path, words);
	return strerror(errno);
}

/* Descriptors that systemd hands on are meant for one process: it has another number now. */
static void hand_on_descriptors(pid_t parent)
{
	const char *meant = getenv("LISTEN_PID");
	char own[16];

	if (!meant || atoi(meant) != parent)
		return;
	snprintf(own, sizeof(own), "%d", getpid());
	setenv("LISTEN_PID", own, 1);
}

static void be_child(const char *path, char *const *words, pid_t parent)
{
	const char *wrong;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	hand_on_descriptors(parent);
	wrong = become_runtime(path, words);
	dprintf(STDERR_FILENO, "seawall-runc: %s cannot be started: %s\n", path, wrong);
	_exit(1);
}

/* Forwards signals to the child, except those of faults and of a terminal's job control, which act on this process. */
static void forwarded_signals(sigset_t *set)
{
	static const int own[] = {
		SIGTSTP, SIGTTIN, SIGTTOU, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS
	};

	sigfillset(set);
	for (size_t at = 0; at < sizeof(own) / sizeof(own[0]); at++)
		sigdelset(set, own[at]);
}

/* Until the child has ended. */
static int forward_until_end(pid_t child, const sigset_t *signals)
{
	for (;;) {
		int status, signal = sigwaitinfo(signals, NULL);

		if (signal > 0 && signal != SIGCHLD)
			kill(child, signal);
		if (signal == SIGCHLD && waitpid(child, &status, WNOHANG) == child && !WIFSTOPPED(status))
			return status;
	}
}

struct ending run_runtime(const char *path, char *const *words)
{
	struct sigaction plain = { .sa_handler = SIG_DFL }, before;
	struct ending ending = {};
	sigset_t signals, mask;
	pid_t parent = getpid(), child;

	forwarded_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, &mask);
	/* Who ignores the ends of children never hears of them. */
	sigaction(SIGCHLD, &plain, &before);
	child = fork();
	if (child == 0) {
		sigaction(SIGCHLD, &before, NULL);
		sigprocmask(SIG_SETMASK, &mask, NULL);
		be_child(path, words, parent);
	}
	if (child < 0)
		ending.wrong = strerror(errno);
	else
		ending.status = forward_until_end(child, &signals);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return ending;
}

void end_as(int status)
{
	const struct rlimit none = {};
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t one;

	if (!WIFSIGNALED(status))
		_exit(WEXITSTATUS(status));
	/* Its core is the child's, if there is one. */
	setrlimit(RLIMIT_CORE, &none);
	sigaction(WTERMSIG(status), &plain, NULL);
	sigemptyset(&one);
	sigaddset(&one, WTERMSIG(status));
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	raise(WTERMSIG(status));
	_exit(128 + WTERMSIG(status));
}
