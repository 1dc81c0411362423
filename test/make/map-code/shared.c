/* Threads and processes that share the memory map it for each other. */
#include "map-code.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *hammer(void *unused)
{
	for (;;) {
		void *at = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		munmap(at, PAGE);
	}
	return unused;
}

/* While the lock of the memory is never free. */
static void by_crowded_lock(void)
{
	pthread_t threads[3];
	char *at = readable();
	int i;

	for (i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, hammer, NULL);
	usleep(2000);
	must(mprotect(at, PAGE, RX));
	run(at);
}

static void *swap(void *fd)
{
	for (;;) {
		mmap(LOW, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, (int)(long)fd, 0);
		mmap(LOW, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	}
	return NULL;
}

static sigjmp_buf back;

static void go_back(int signal)
{
	siglongjmp(back, signal);
}

/* While another thread changes what lies there. */
static void by_swapping(void)
{
	struct sigaction again = { .sa_handler = go_back };
	static volatile int rounds = 500000;
	pthread_t thread;

	sigaction(SIGSEGV, &again, NULL);
	mmap(LOW, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	pthread_create(&thread, NULL, swap, (void *)(long)code_file());
	sigsetjmp(back, 1);
	while (rounds-- > 0)
		if (!mprotect(LOW, PAGE, RX) && *LOW)
			run(LOW);
	_exit(1);
}

static void *spin(void *unused)
{
	for (;;)
		((void (*)(void))LOW)();
	return unused;
}

static void retry(int signal)
{
	(void)signal;
}

/* While another thread runs into the place until something is there. */
static void by_waiting_thread(void)
{
	struct sigaction again = { .sa_handler = retry };
	pthread_t thread;
	char *at = readable();
	volatile char touched = *at;

	(void)touched;
	sigaction(SIGSEGV, &again, NULL);
	pthread_create(&thread, NULL, spin, NULL);
	usleep(1000);
	must(mprotect(at, PAGE, RX));
	usleep(1000);
	_exit(0);
}

static int refusal; /* errno of who mapped for another one; both have this memory */

static void map_low(void)
{
	if (mmap(LOW, PAGE, RX, MAP_PRIVATE | MAP_FIXED, code_file(), 0) == MAP_FAILED)
		refusal = errno;
}

/* Runs what another one was to map. One that was killed on its way may have mapped it all the same. */
static void run_low(void)
{
	errno = refusal;
	run(refusal ? MAP_FAILED : LOW);
}

static int map_for_another(void *unused)
{
	(void)unused;
	map_low();
	_exit(0);
}

/* A process of its own in the same memory maps it and ends; this one runs it. */
static void by_another_process(void)
{
	static char stack[64 * 1024];
	int pid = clone(map_for_another, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);

	must(pid);
	waitpid(pid, NULL, 0);
	run_low();
}

static int map_and_end(void *unused)
{
	(void)unused;
	usleep(20000); /* until the first thread has ended */
	map_low();
	usleep(20000);
	syscall(SYS_exit, 0);
	return 0;
}

static int leave_a_thread(void *unused)
{
	static char stack[64 * 1024];
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;

	(void)unused;
	clone(map_and_end, stack + sizeof(stack), flags, NULL);
	syscall(SYS_exit, 0);
	return 0;
}

/* So does a process whose first thread has ended. */
static void by_another_thread(void)
{
	static char stack[64 * 1024];
	int pid = clone(leave_a_thread, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);

	must(pid);
	waitpid(pid, NULL, 0);
	run_low();
}

const struct way shared_ways[] = {
	{ "crowded-lock", by_crowded_lock },     { "swapping", by_swapping },
	{ "waiting-thread", by_waiting_thread }, { "another-process", by_another_process },
	{ "another-thread", by_another_thread }, { NULL, NULL },
};
