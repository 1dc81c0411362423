/* Programs that read, hold or change the file, crowd the memory, or pass the file on. */
#include "map-code.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CROWD_BYTES (512UL << 20)

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

static int with_descriptor(int hands, int fd)
{
	char byte = 0, room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof(room)
	};
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

const struct way other_ways[] = {
	{ "crowding", by_crowding },
	{ "reading", by_reading },
	{ "holding", by_holding },
	{ "rewriting", by_rewriting },
	{ "give", by_giving },
	{ "take", by_taking },
	{ NULL, NULL },
};
