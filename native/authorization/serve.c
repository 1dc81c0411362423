#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../runtime-wrapper/clock.h"
#include "connection.h"
#include "exchange.h"
#include "serve.h"

#define MOST_CONNECTIONS 512
#define LOOK_MS 1000 /* between two looks whether the socket is still its own */

static struct connection *connections[MOST_CONNECTIONS];
static size_t connection_count;
static volatile sig_atomic_t must_end;

static void end(int signal)
{
	must_end = signal;
}

/* Who leads to this program's socket? Another one puts its own in its place. */
static bool is_replaced(const struct server *server, const struct stat *own)
{
	struct stat now;

	return server->path && (stat(server->path, &now) || now.st_ino != own->st_ino || now.st_dev != own->st_dev);
}

/* Makes room: of the connections that nobody waits for the one that is idle for longest. */
static bool close_idle(void)
{
	struct connection *oldest = NULL;

	for (size_t at = 0; at < connection_count; at++)
		if (connection_is_idle(connections[at]) && (!oldest || connections[at]->since < oldest->since))
			oldest = connections[at];
	if (oldest)
		connection_close(oldest);
	return oldest != NULL;
}

static void forget_ended(void)
{
	size_t kept = 0;

	for (size_t at = 0; at < connection_count; at++) {
		if (connections[at]->at == CONNECTION_ENDED)
			free(connections[at]);
		else
			connections[kept++] = connections[at];
	}
	connection_count = kept;
}

static void accept_all(const struct server *server)
{
	for (;;) {
		struct connection *connection;
		int socket;

		if (connection_count == MOST_CONNECTIONS && close_idle())
			forget_ended();
		if (connection_count == MOST_CONNECTIONS)
			return;
		socket = accept4(server->socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (socket < 0)
			return;
		connection = malloc(sizeof(*connection));
		if (!connection) {
			close(socket);
			return;
		}
		connection_open(connection, socket);
		connections[connection_count++] = connection;
	}
}

static struct pollfd poll_of(const struct connection *connection)
{
	short events = connection->at == CONNECTION_READS ? POLLIN : connection->at == CONNECTION_ANSWERS ? POLLOUT : 0;

	return (struct pollfd){ .fd = connection->socket, .events = events };
}

/* Milliseconds until something must be done. */
static int time_left(const struct server *server)
{
	double now = monotonic_ms(), least = server->path ? LOOK_MS : 60000;

	for (size_t at = 0; at < connection_count; at++) {
		double alarm = connection_alarm(connections[at]);

		if (alarm > 0 && alarm - now < least)
			least = alarm - now;
	}
	return least <= 0 ? 0 : (int)least + 1;
}

/* Two places for each connection: the engine's side, and the agent's. */
static void wait_and_go_on(struct server *server, bool is_open)
{
	static struct pollfd polled[1 + 2 * MOST_CONNECTIONS];
	size_t count = connection_count;

	polled[0] = (struct pollfd){ .fd = is_open ? server->socket : -1, .events = POLLIN };
	for (size_t at = 0; at < count; at++) {
		const struct inquiry *inquiry = connections[at]->inquiry;
		short events = inquiry ? asking_events(&inquiry->asking) : 0;

		polled[1 + 2 * at] = poll_of(connections[at]);
		polled[2 + 2 * at] = (struct pollfd){ .fd = events ? inquiry->asking.socket : -1, .events = events };
	}
	if (poll(polled, 1 + 2 * count, time_left(server)) < 0)
		return;
	for (size_t at = 0; at < count; at++) {
		short seen = polled[1 + 2 * at].revents;

		if (connections[at]->at == CONNECTION_ASKS && seen & (POLLHUP | POLLERR))
			connection_close(connections[at]);
		else
			exchange_go_on(server, connections[at], seen != 0);
	}
	forget_ended();
	if (polled[0].revents)
		accept_all(server);
}

static bool is_room(void)
{
	for (size_t at = 0; at < connection_count; at++)
		if (connection_is_idle(connections[at]))
			return true;
	return connection_count < MOST_CONNECTIONS;
}

/* What others still wait for; idle connections are closed. */
static void finish(struct server *server)
{
	double until = monotonic_ms() + PATIENCE_MS * 2;

	if (server->path)
		accept_all(server);
	close(server->socket);
	server->socket = -1;
	while (connection_count > 0 && monotonic_ms() < until) {
		while (close_idle())
			;
		forget_ended();
		if (connection_count > 0)
			wait_and_go_on(server, false);
	}
}

int serve(struct server *server)
{
	struct sigaction action = { .sa_handler = end };
	struct stat own = { 0 };
	double looked = monotonic_ms();

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if (server->path && stat(server->path, &own))
		return 1;
	while (!must_end) {
		wait_and_go_on(server, is_room());
		if (monotonic_ms() - looked < LOOK_MS)
			continue;
		looked = monotonic_ms();
		if (is_replaced(server, &own))
			break;
	}
	if (server->path && must_end && !is_replaced(server, &own))
		unlink(server->path);
	finish(server);
	return 0;
}
