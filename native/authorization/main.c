/* Answers the engine as its authorization plugin: what only looks or is harmless by itself, everything else by asking
 * the agent. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../runtime-wrapper/clock.h"
#include "serve.h"

#define WRONG_USAGE 2
#define FIRST_PASSED 3 /* descriptor, sd_listen_fds(3) */

static const char usage[] =
	"Usage: seawall-authz --agent SOCKET [--listen SOCKET] [--instance NAME] [--ledger FILE] [--unit NAME]\n"
	"Answers the Docker engine's authorization plugin for the agent that listens at SOCKET.\n"
	"Without --listen it serves the socket that systemd opened for it.\n";

/* The socket that systemd hands to this very process, or -1. */
static int passed_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

	if (!pid || !count || strtol(pid, NULL, 10) != getpid() || strtol(count, NULL, 10) < 1)
		return -1;
	if (fcntl(FIRST_PASSED, F_SETFD, FD_CLOEXEC) || fcntl(FIRST_PASSED, F_SETFL, O_NONBLOCK))
		return -1;
	return FIRST_PASSED;
}

/* Takes a place at once: whoever asked the program before goes on with it, who asks from now on asks this one. */
static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int own = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int length = snprintf(address.sun_path, sizeof(address.sun_path), "%s.%d", path, getpid());

	if (own < 0 || length >= (int)sizeof(address.sun_path))
		return -1;
	unlink(address.sun_path);
	/* Before it has a name: nobody else connects meanwhile, and no other file is made with these rights. */
	if (fchmod(own, 0600) || bind(own, (struct sockaddr *)&address, sizeof(address)) || listen(own, SOMAXCONN) ||
	    rename(address.sun_path, path)) {
		unlink(address.sun_path);
		return -1;
	}
	return own;
}

static bool read_words(struct server *server, int count, char **words)
{
	static const struct option known[] = {
		{ "agent", required_argument, NULL, 'a' },
		{ "listen", required_argument, NULL, 'l' },
		{ "instance", required_argument, NULL, 'i' },
		{ "ledger", required_argument, NULL, 'c' },
		{ "unit", required_argument, NULL, 'u' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	server->places.instance = "default";
	while ((option = getopt_long(count, words, "", known, NULL)) >= 0) {
		if (option == 'a')
			server->places.agent = optarg;
		else if (option == 'l')
			server->path = optarg;
		else if (option == 'i')
			server->places.instance = optarg;
		else if (option == 'c')
			server->places.ledger = optarg;
		else if (option == 'u')
			server->places.unit = optarg;
		else if (option == 'v')
			exit(puts("seawall-authz " AUTHZ_VERSION) < 0);
		else
			return false;
	}
	return server->places.agent && optind == count;
}

/* A connection to the engine may have one to the agent. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int count, char **words)
{
	static struct server server;

	if (!read_words(&server, count, words)) {
		fputs(usage, stderr);
		return WRONG_USAGE;
	}
	/* Long questions go back to the system when they are answered. */
	mallopt(M_MMAP_THRESHOLD, 65536);
	raise_limit();
	if (!routes_open()) {
		fputs("seawall-authz: there is no memory for the table of requests\n", stderr);
		return 1;
	}
	server.since = (double)unix_ms();
	server.socket = server.path ? listen_at(server.path) : passed_socket();
	if (server.socket < 0) {
		fprintf(stderr, "seawall-authz: it cannot listen at %s: %s\n",
			server.path ? server.path : "a socket of systemd; start its socket unit, or give --listen",
			server.path ? strerror(errno) : "none was handed over");
		return 1;
	}
	return serve(&server);
}
