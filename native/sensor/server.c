#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "arming.h"
#include "log.h"
#include "server.h"
#include "table-work.h"
#include "version.h"

#define OUT_BYTES (256 * 1024)
#define OUT_REPLIES (16 * 1024) /* kept free for replies, which are not said again */
#define OUT_ROOM (EVENT_BYTES + sizeof(struct wire_header) + OUT_REPLIES)
#define FIRST_IN_BYTES 4096
#define EVENTS 16

/* The agent that is served. */
struct agent {
	int fd; /* -1: none */
	bool greeted;
	bool waits; /* until its socket takes more */
	char *in;
	size_t in_used, in_bytes;
	char out[OUT_BYTES];
	size_t out_from, out_to;
};

struct loop {
	struct server *server;
	int epoll, listening, timer, signals;
	struct agent agent;
};

static void watch(const struct loop *loop, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event))
		log_line("epoll: %s", strerror(errno));
}

static void leave(struct loop *loop, const char *why)
{
	struct agent *agent = &loop->agent;

	if (agent->fd < 0)
		return;
	if (why)
		log_line("the agent's connection is closed: %s", why);
	close(agent->fd);
	free(agent->in);
	agent->fd = -1;
	agent->in = NULL;
}

static void queue(struct agent *agent, uint16_t type, const void *payload, uint32_t length)
{
	struct wire_header header = { .length = length, .type = type };

	memcpy(agent->out + agent->out_to, &header, sizeof(header));
	memcpy(agent->out + agent->out_to + sizeof(header), payload, length);
	agent->out_to += sizeof(header) + length;
}

static bool has_room(struct agent *agent, size_t bytes)
{
	if (agent->out_from == agent->out_to)
		agent->out_from = agent->out_to = 0;
	return OUT_BYTES - agent->out_to >= bytes;
}

static void queue_answers(struct loop *loop)
{
	struct wire_table_reply reply = {};
	struct table_answer answer;
	char payload[REPLY_BYTES];

	while (has_room(&loop->agent, OUT_ROOM) && tables_answer(loop->server->tables, &answer)) {
		const char *reason = answer.reason ? answer.reason : "";
		uint16_t length = strnlen(reason, REPLY_BYTES - sizeof(reply) - sizeof(length));

		reply.table = answer.table;
		reply.accepted = answer.reason == NULL;
		memcpy(payload, &reply, sizeof(reply));
		memcpy(payload + sizeof(reply), &length, sizeof(length));
		memcpy(payload + sizeof(reply) + sizeof(length), reason, length);
		queue(&loop->agent, WIRE_TABLE_REPLY, payload, sizeof(reply) + sizeof(length) + length);
	}
}

/* Fills the buffer with events and writes it, until one of both has no more. */
static void flush(struct loop *loop)
{
	struct agent *agent = &loop->agent;
	struct outgoing event;
	char armed[ARMED_BYTES];
	uint32_t bytes;

	while (agent->fd >= 0 && !agent->waits) {
		ssize_t sent;

		/* What is in force goes first: a start may wait for it. */
		while (agent->greeted && has_room(agent, OUT_ROOM) &&
		       arming_next(loop->server->containers, armed, &bytes))
			queue(agent, WIRE_ARMED, armed, bytes);
		if (agent->greeted)
			queue_answers(loop);
		while (agent->greeted && has_room(agent, OUT_ROOM) &&
		       (mappings_next(&loop->server->mappings, &event) || outbox_next(loop->server->outbox, &event)))
			queue(agent, event.type, event.payload, event.length);
		if (agent->out_from == agent->out_to)
			return;
		sent = send(agent->fd, agent->out + agent->out_from, agent->out_to - agent->out_from, MSG_NOSIGNAL);
		if (sent > 0)
			agent->out_from += sent;
		else if (errno == EAGAIN)
			agent->waits = true;
		else if (errno != EINTR)
			leave(loop, strerror(errno));
	}
}

static void say_hello(struct loop *loop)
{
	struct kernel *kernel = loop->server->kernel;
	struct wire_sensor_hello hello = {
		.protocol = WIRE_PROTOCOL,
		.layout = SENSOR_LAYOUT,
		.features = kernel->features,
		.epoch = kernel->settings->epoch,
		.boot_offset = kernel->settings->boot_offset,
	};
	const char *texts[3] = { "", SENSOR_VERSION, kernel->missing };
	char payload[EVENT_BYTES];
	struct utsname about;
	uint32_t at = sizeof(hello);
	int i;

	if (uname(&about) == 0)
		texts[0] = about.release;
	memcpy(payload, &hello, sizeof(hello));
	for (i = 0; i < 3; i++) {
		uint16_t length = strlen(texts[i]);

		memcpy(payload + at, &length, sizeof(length));
		memcpy(payload + at + sizeof(length), texts[i], length);
		at += sizeof(length) + length;
	}
	queue(&loop->agent, WIRE_SENSOR_HELLO, payload, at);
}

static void welcome(struct loop *loop)
{
	struct agent *agent = &loop->agent;
	int fd = accept4(loop->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	leave(loop, "a newer one took its place");
	mappings_drop(&loop->server->mappings);
	memset(agent, 0, offsetof(struct agent, out));
	agent->fd = fd;
	agent->out_from = agent->out_to = 0;
	outbox_rewind(loop->server->outbox);
	say_hello(loop);
	watch(loop, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

/* Works off the whole frames that were read; false when one of them is hostile. */
static bool take_frames(struct loop *loop)
{
	struct agent *agent = &loop->agent;
	char reply[REPLY_BYTES];
	size_t at = 0;

	while (agent->in_used - at >= sizeof(struct wire_header)) {
		struct wire_header header;
		uint32_t bytes = 0;
		int type;

		memcpy(&header, agent->in + at, sizeof(header));
		if (agent->in_used - at - sizeof(header) < header.length)
			break;
		if (!agent->greeted && header.type != WIRE_AGENT_HELLO) {
			leave(loop, "it did not say hello");
			return false;
		}
		type = frame_done(loop->server, &header, agent->in + at + sizeof(header), reply, &bytes);
		if (type < 0) {
			leave(loop, reply);
			return false;
		}
		agent->greeted = true;
		if (type > 0 && !has_room(agent, sizeof(header) + bytes)) {
			leave(loop, "it does not read what it asked for");
			return false;
		}
		if (type > 0)
			queue(agent, type, reply, bytes);
		at += sizeof(header) + header.length;
	}
	memmove(agent->in, agent->in + at, agent->in_used - at);
	agent->in_used -= at;
	return true;
}

/* Makes room for the frame that is coming in; false when it is longer than frames are. */
static bool make_room(struct agent *agent)
{
	struct wire_header header = {};
	size_t wanted = FIRST_IN_BYTES;
	char *grown;

	if (agent->in_used >= sizeof(header))
		memcpy(&header, agent->in, sizeof(header));
	if (header.length > WIRE_MAX_FRAME)
		return false;
	if (sizeof(header) + header.length > wanted)
		wanted = sizeof(header) + header.length;
	if (agent->in_used + 1 > wanted)
		wanted = agent->in_used + FIRST_IN_BYTES;
	if (wanted <= agent->in_bytes && wanted * 4 >= agent->in_bytes)
		return true;
	grown = realloc(agent->in, wanted);
	if (!grown)
		return false;
	agent->in = grown;
	agent->in_bytes = wanted;
	return true;
}

static void hear(struct loop *loop)
{
	struct agent *agent = &loop->agent;

	while (agent->fd >= 0) {
		ssize_t got;

		if (!make_room(agent)) {
			leave(loop, "a frame is too long");
			return;
		}
		got = recv(agent->fd, agent->in + agent->in_used, agent->in_bytes - agent->in_used, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			leave(loop, NULL);
			return;
		}
		agent->in_used += got;
		if (!take_frames(loop))
			return;
	}
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	unlink(path);
	if (fd >= 0 && (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 4))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int signals_fd(void)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	return signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int open_loop(struct loop *loop)
{
	struct itimerspec second = { .it_interval.tv_sec = 1, .it_value.tv_sec = 1 };
	struct outbox *outbox = loop->server->outbox;

	loop->agent.fd = -1;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	loop->signals = signals_fd();
	loop->listening = listen_at(loop->server->socket_path);
	if (loop->epoll < 0 || loop->timer < 0 || loop->signals < 0 || loop->listening < 0) {
		log_line("%s: %s", loop->server->socket_path, strerror(errno));
		return -1;
	}
	timerfd_settime(loop->timer, 0, &second, NULL);
	watch(loop, loop->listening, EPOLLIN);
	watch(loop, loop->timer, EPOLLIN);
	watch(loop, loop->signals, EPOLLIN);
	watch(loop, outbox->signal, EPOLLIN);
	watch(loop, outbox->rings[FROM_VIOLATIONS].fd, EPOLLIN | EPOLLET);
	watch(loop, outbox->rings[FROM_OBSERVATIONS].fd, EPOLLIN | EPOLLET);
	return 0;
}

static void drain(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof(count)) > 0)
		;
}

static void handle(struct loop *loop, const struct epoll_event *event)
{
	if (event->data.fd == loop->listening) {
		welcome(loop);
	} else if (event->data.fd == loop->timer) {
		drain(loop->timer);
		kernel_set_clock(loop->server->kernel);
		containers_tick(loop->server->containers);
		policies_tick(loop->server->policies);
		outbox_tick(loop->server->outbox);
		tables_tick(loop->server->tables, policies_name_table, loop->server->policies);
		copies_tick(loop->server->copies);
	} else if (event->data.fd == loop->server->outbox->signal) {
		drain(event->data.fd);
	} else if (event->data.fd == loop->agent.fd) {
		if (event->events & EPOLLOUT)
			loop->agent.waits = false;
		hear(loop);
	}
	flush(loop);
}

int server_run(struct server *server)
{
	static struct loop loop;
	struct epoll_event events[EVENTS];

	loop.server = server;
	if (open_loop(&loop))
		return -1;
	for (;;) {
		int count = epoll_wait(loop.epoll, events, EVENTS, -1);
		int i;

		for (i = 0; i < count; i++) {
			if (events[i].data.fd == loop.signals) {
				leave(&loop, NULL);
				unlink(server->socket_path);
				return 0;
			}
			handle(&loop, &events[i]);
		}
		if (count < 0 && errno != EINTR)
			return -1;
	}
}
