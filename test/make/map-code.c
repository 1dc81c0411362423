/* Maps the code of a file executable in one of many ways, and runs it: `map-code WAY FILE [TRIES]`. The code writes
 * "ran\n" to standard output and returns. Ends with 0 when it ran, with 126 when the kernel refused. With STAY in its
 * environment it stays as it is then. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define CROWD_BYTES (512UL << 20)
#define RX (PROT_READ | PROT_EXEC)
#define RW (PROT_READ | PROT_WRITE)
#define LOW ((char *)0x20000000)

static const char *path;

static void run(const void *code)
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

static void must(long done)
{
	if (done != -1)
		return;
	fprintf(stderr, "%s\n", strerror(errno));
	_exit(errno == EPERM || errno == EACCES ? 126 : 1);
}

static int code_file(void)
{
	int fd = open(path, O_RDONLY);

	must(fd);
	return fd;
}

static char *readable(void)
{
	char *at = mmap(LOW, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, code_file(), 0);

	if (at == MAP_FAILED)
		must(-1);
	return at;
}

static void fill(char *to)
{
	must(read(code_file(), to, 3 * PAGE));
}

static void by_mmap(void)
{
	run(mmap(NULL, PAGE, RX, MAP_PRIVATE, code_file(), 0));
}

static void by_shared_mmap(void)
{
	run(mmap(NULL, PAGE, RX, MAP_SHARED, code_file(), 0));
}

static void by_protecting_all(void)
{
	char *at = readable();

	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

static void by_protecting_part(void)
{
	char *at = readable();

	must(mprotect(at + PAGE, PAGE, RX));
	run(at + PAGE);
}

/* Memory, file and memory again, by one call. */
static void by_protecting_several(void)
{
	char *at = mmap(LOW, 5 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	mmap(at + 2 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, code_file(), 0);
	must(mprotect(at, 5 * PAGE, RX));
	run(at + 2 * PAGE);
}

/* More mappings in one call than the sensor looks at. */
static void by_protecting_many(void)
{
	const size_t most = 5000;
	char *at = mmap(NULL, most * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	for (i = 0; i < most; i += 2)
		must(mprotect(at + i * PAGE, PAGE, PROT_READ));
	mmap(at + (most - 1) * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, code_file(), 0);
	must(mprotect(at, most * PAGE, RX));
	run(at + (most - 1) * PAGE);
}

/* From where nothing is mapped, down to the stack that lies before the file. */
static void by_protecting_down(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN;
	char *at = (char *)mmap(LOW, PAGE, RW, flags, -1, 0) + PAGE;

	mmap(at, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, code_file(), 0);
	must(mprotect(LOW - PAGE, 5 * PAGE, RX | PROT_GROWSDOWN));
	run(at);
}

/* By the entry of 32-bit programs, whose numbers and registers are others. */
static void by_32_bit_call(void)
{
	char *at = readable();
	long done;

	__asm__ volatile("int $0x80" : "=a"(done) : "a"(125L), "b"(at), "c"((long)PAGE), "d"((long)RX) : "memory", "r8", "r9", "r10", "r11");
	if (done < 0)
		errno = (int)-done;
	must(done < 0 ? -1 : 0);
	run(at);
}

static void by_key(void)
{
	char *at = readable();

	must(syscall(SYS_pkey_mprotect, at, PAGE, RX, -1));
	run(at);
}

/* Reading means running. */
static void by_personality(void)
{
	must(personality(READ_IMPLIES_EXEC));
	run(readable());
}

static void by_personality_later(void)
{
	char *at = mmap(LOW, PAGE, PROT_NONE, MAP_PRIVATE | MAP_FIXED, code_file(), 0);

	must(personality(READ_IMPLIES_EXEC));
	must(mprotect(at, PAGE, PROT_READ));
	run(at);
}

static void by_moving(void)
{
	char *at = mremap(readable(), 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, LOW + 16 * PAGE);

	must(at == MAP_FAILED ? -1 : 0);
	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

static void by_growing(void)
{
	char *at = mmap(LOW, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, code_file(), 0);

	must(syscall(SYS_mprotect, at, PAGE, RX));
	run(mremap(at, PAGE, 3 * PAGE, MREMAP_MAYMOVE));
}

static void by_shared_memory(void)
{
	int id = shmget(IPC_PRIVATE, 3 * PAGE, IPC_CREAT | 0700);
	char *writable = shmat(id, NULL, 0);

	fill(writable);
	shmctl(id, IPC_RMID, NULL);
	run(shmat(id, NULL, SHM_EXEC));
}

static int memory_file(const char *name)
{
	int fd = memfd_create(name, 0);
	char *at;

	must(ftruncate(fd, 3 * PAGE));
	at = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
	fill(at);
	munmap(at, 3 * PAGE);
	return fd;
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

static void *change(void *many)
{
	for (;;) {
		mprotect(many, CROWD_BYTES, PROT_READ);
		mprotect(many, CROWD_BYTES, RW);
	}
	return NULL;
}

/* Opens the file for some seconds while many threads hold the lock of this memory for long. Runs nothing. */
static void by_crowding(void)
{
	pthread_t threads[24];
	char *many = mmap(NULL, CROWD_BYTES, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	time_t end = time(NULL) + 12;
	size_t i;

	madvise(many, CROWD_BYTES, MADV_NOHUGEPAGE);
	for (i = 0; i < CROWD_BYTES; i += PAGE)
		many[i] = 1;
	for (i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
		pthread_create(&threads[i], NULL, change, many);
	while (time(NULL) < end)
		close(open(path, O_RDONLY));
	_exit(0);
}

/* Reads the file as a server does, until it is ended. Runs nothing. */
static void by_reading(void)
{
	for (;;) {
		close(open(path, O_RDONLY));
		usleep(50000);
	}
}

/* Can change the file for some seconds, and has it open no more. */
static void by_holding(void)
{
	int fd = open(path, O_RDWR);
	char *at = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);

	must(at == MAP_FAILED ? -1 : 0);
	*(volatile char *)at = *at;
	close(fd);
	printf("holds\n");
	fflush(stdout);
	sleep(4);
	_exit(0);
}

/* Changes the first byte to a space by a mapping, which is read before: on a tmpfs the file keeps its times. Runs nothing. */
static void by_rewriting(void)
{
	char *at = mmap(NULL, PAGE, RW, MAP_SHARED, open(path, O_RDWR), 0);

	must(at == MAP_FAILED ? -1 : 0);
	if (*(volatile char *)at)
		*(volatile char *)at = ' ';
	_exit(0);
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

static int map_for_another(void *unused)
{
	(void)unused;
	mmap(LOW, PAGE, RX, MAP_PRIVATE | MAP_FIXED, code_file(), 0);
	_exit(0);
}

/* A process of its own in the same memory maps it and ends; this one runs it. */
static void by_another_process(void)
{
	static char stack[64 * 1024];
	int pid = clone(map_for_another, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);

	must(pid);
	waitpid(pid, NULL, 0);
	run(LOW);
}

static int map_and_end(void *unused)
{
	(void)unused;
	usleep(20000); /* until the first thread has ended */
	mmap(LOW, PAGE, RX, MAP_PRIVATE | MAP_FIXED, code_file(), 0);
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
	run(LOW);
}

static int with_descriptor(int hands, int fd)
{
	char byte = 0, room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof(room) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	if (fd >= 0) {
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(head), &fd, sizeof(fd));
		return (int)sendmsg(hands, &message, 0);
	}
	must(recvmsg(hands, &message, 0));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static const struct sockaddr_un meeting = { AF_UNIX, "/shared/socket" };

/* For another container. */
static void by_giving(void)
{
	int hands = socket(AF_UNIX, SOCK_STREAM, 0);

	unlink(meeting.sun_path);
	must(bind(hands, (const struct sockaddr *)&meeting, sizeof(meeting)));
	must(listen(hands, 1));
	for (;;)
		with_descriptor(accept(hands, NULL, NULL), code_file());
}

/* From another container. */
static void by_taking(void)
{
	int hands = socket(AF_UNIX, SOCK_STREAM, 0);

	must(connect(hands, (const struct sockaddr *)&meeting, sizeof(meeting)));
	run(mmap(NULL, PAGE, RX, MAP_PRIVATE, with_descriptor(hands, -1), 0));
}

/* What no policy objects to. */

static void by_memory(void)
{
	char *at = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	fill(at);
	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

/* A file whose pages are written in memory of this process alone. */
static void by_patching(void)
{
	char *at = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE, code_file(), 0);

	fill(at);
	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

static void by_memory_of_many(void)
{
	char *at = mmap(NULL, 3 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	fill(at);
	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

/* As .NET maps each page of its compiled code twice. */
static void by_mapping_twice(void)
{
	int fd = memfd_create("doublemapper", MFD_CLOEXEC);
	char *at, *writable;

	must(ftruncate(fd, 64 * PAGE));
	at = mmap(NULL, 64 * PAGE, PROT_NONE, MAP_SHARED, fd, 0);
	writable = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
	fill(writable);
	munmap(writable, 3 * PAGE);
	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

static const struct {
	const char *name;
	void (*way)(void);
} ways[] = {
	{ "mmap", by_mmap },
	{ "shared-mmap", by_shared_mmap },
	{ "mprotect-all", by_protecting_all },
	{ "mprotect-part", by_protecting_part },
	{ "mprotect-several", by_protecting_several },
	{ "mprotect-many", by_protecting_many },
	{ "mprotect-down", by_protecting_down },
	{ "mprotect-32", by_32_bit_call },
	{ "pkey", by_key },
	{ "personality", by_personality },
	{ "personality-later", by_personality_later },
	{ "mremap", by_moving },
	{ "mremap-grow", by_growing },
	{ "shmat", by_shared_memory },
	{ "memfd", by_memory_file },
	{ "false-name", by_false_name },
	{ "deleted", by_deleted_file },
	{ "crowded-lock", by_crowded_lock },
	{ "crowding", by_crowding },
	{ "reading", by_reading },
	{ "holding", by_holding },
	{ "rewriting", by_rewriting },
	{ "swapping", by_swapping },
	{ "waiting-thread", by_waiting_thread },
	{ "another-process", by_another_process },
	{ "another-thread", by_another_thread },
	{ "give", by_giving },
	{ "take", by_taking },
	{ "memory", by_memory },
	{ "patched", by_patching },
	{ "memory-of-many", by_memory_of_many },
	{ "mapped-twice", by_mapping_twice },
};

int main(int count, char **words)
{
	int tries = count > 3 ? atoi(words[3]) : 1, ended = 0;
	size_t i;

	if (count < 3)
		return 2;
	path = words[2];
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(ways[i].name, words[1]))
			continue;
		if (tries == 1)
			ways[i].way();
		while (tries-- > 0) {
			int pid = fork(), how;

			if (pid == 0)
				ways[i].way();
			waitpid(pid, &how, 0);
			ended += (WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL) || (WIFEXITED(how) && WEXITSTATUS(how) == 126);
		}
		printf("stopped %d\n", ended);
		return 0;
	}
	return 2;
}
