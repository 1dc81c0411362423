/* seawall-sensor: sees what the containers of one engine run, and keeps from it what their policy refuses. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup-events.h"
#include "folders.h"
#include "log.h"
#include "pins.h"
#include "places.h"
#include "server.h"
#include "watchdog.h"

#define PINS_BYTES 256 /* less than PLACE_BYTES, with room for the layout */
#define URGENT -19
#define LOCK_TRIES 40
#define LOCK_PAUSE_US 25000

struct options {
	const char *instance;
	const char *socket_path;
	const char *engine_root;
	const char *pins;
	const char *cgroup2;
	bool remove;
};

static const char usage[] =
	"Usage: seawall-sensor --instance NAME [--socket PATH] [--engine-root DIR] [--bpffs DIR] [--cgroup2 DIR] [--foreground]\n"
	"       seawall-sensor --instance NAME [--bpffs DIR] --remove\n"
	"\n"
	"Tells the agent what the containers of one Docker engine run, and refuses what their policy refuses.\n"
	"\n"
	"  --instance NAME    names the socket's and the pins' folders\n"
	"  --socket PATH      where the agent connects (default: /run/seawall/NAME/sensor.sock)\n"
	"  --engine-root DIR  the engine's data folder (default: /var/lib/docker)\n"
	"  --bpffs DIR        folder of the pins (default: /sys/fs/bpf/seawall/NAME)\n"
	"  --cgroup2 DIR      where the unified hierarchy is mounted (default: the first in /proc/mounts)\n"
	"  --foreground       stays in the foreground, as it always does\n"
	"  --remove           ends the programs in the kernel and removes pins and kept policies\n";

static const char *text(const char *format, const char *name)
{
	char *made = NULL;

	if (asprintf(&made, format, name) < 0)
		exit(2);
	return made;
}

static const char *find_cgroup2(void)
{
	char line[1024], place[512], kind[64];
	FILE *mounts = fopen("/proc/mounts", "re");
	const char *found = NULL;

	while (mounts && !found && fgets(line, sizeof(line), mounts))
		if (sscanf(line, "%*s %511s %63s", place, kind) == 2 && !strcmp(kind, "cgroup2"))
			found = text("%s", place);
	if (mounts)
		fclose(mounts);
	return found;
}

static int parse(int count, char **words, struct options *options)
{
	static const struct option known[] = {
		{ "instance", required_argument, NULL, 'i' },
		{ "socket", required_argument, NULL, 's' },
		{ "engine-root", required_argument, NULL, 'e' },
		{ "bpffs", required_argument, NULL, 'b' },
		{ "cgroup2", required_argument, NULL, 'c' },
		{ "foreground", no_argument, NULL, 'f' },
		{ "remove", no_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{},
	};
	int option;

	while ((option = getopt_long(count, words, "", known, NULL)) != -1) {
		switch (option) {
		case 'i':
			options->instance = optarg;
			break;
		case 's':
			options->socket_path = optarg;
			break;
		case 'e':
			options->engine_root = optarg;
			break;
		case 'b':
			options->pins = optarg;
			break;
		case 'c':
			options->cgroup2 = optarg;
			break;
		case 'r':
			options->remove = true;
			break;
		case 'f':
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			return -1;
		}
	}
	if (optind < count || !options->instance || !options->instance[0] || strchr(options->instance, '/') ||
	    options->instance[0] == '.')
		return -1;
	if (!options->socket_path)
		options->socket_path = text("/run/seawall/%s/sensor.sock", options->instance);
	if (!options->pins)
		options->pins = text("/sys/fs/bpf/seawall/%s", options->instance);
	if (!options->engine_root)
		options->engine_root = "/var/lib/docker";
	if (!options->cgroup2)
		options->cgroup2 = find_cgroup2();
	return strlen(options->socket_path) < 108 && strlen(options->pins) < PINS_BYTES ? 0 : -1;
}

/* The folder that holds the socket, written to `place`. */
static const char *folder_of(const struct options *options, char place[PATH_MAX])
{
	snprintf(place, PATH_MAX, "%s", options->socket_path);
	return dirname(place);
}

static void hold_signals(void)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGINT);
	pthread_sigmask(SIG_BLOCK, &held, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* One sensor of an instance writes its maps; one that is on its way out is waited for. The lock ends with the process.
 * `create`: O_CREAT, or 0. */
static bool take_lock(const char *folder, int create)
{
	int lock = open(text("%s/sensor.lock", folder), O_RDWR | create | O_CLOEXEC, 0600);
	int tries;

	if (lock < 0 && !create && errno == ENOENT)
		return true;

	for (tries = 0; lock >= 0 && tries < LOCK_TRIES; tries++) {
		if (flock(lock, LOCK_EX | LOCK_NB) == 0)
			return true;
		usleep(LOCK_PAUSE_US);
	}
	return false;
}

/* What a sensor holds open would go on in the kernel, and nothing could be said of it any more. */
static int take_away(const struct options *options)
{
	char place[PATH_MAX];
	const char *folder = folder_of(options, place);

	if (!take_lock(folder, 0)) {
		fprintf(stderr,
			"seawall-sensor: the sensor of instance %s still runs, so nothing was removed. End its agent and its "
			"unit (systemctl disable --now seawall-sensor@%s), or its process: pgrep -f 'seawall-sensor "
			"--instance %s'. Then try again.\n",
			options->instance, options->instance, options->instance);
		return 1;
	}
	policies_remove(text("%s/policies", folder));
	return pins_remove(options->pins) ? 1 : 0;
}

static bool is_ours(void *containers, uint64_t cgroup)
{
	return containers_is_ours(containers, cgroup);
}

static struct kernel kernel;
static struct tables tables;
static struct policies policies;
static struct copies copies;
static struct outbox outbox;
static struct containers containers;
static struct guard_adapter adapter;
static struct cgroup_events events;

/* Makes the folder of the instance and takes its lock. 0, or -1 (logged). */
static int take_folder(const char *folder)
{
	if (make_folders(folder)) {
		log_line("%s: %s", folder, strerror(errno));
		return -1;
	}
	if (!take_lock(folder, O_CREAT)) {
		log_line("another sensor of this instance runs, or %s/sensor.lock cannot be had", folder);
		return -1;
	}
	return 0;
}

/* Opens what the kernel has, and what is kept of it. 0, or -1 (logged). */
static int open_state(const struct options *options, const char *folder)
{
	if (kernel_open(&kernel, options->pins))
		return -1;
	if (outbox_open(&outbox, &kernel)) {
		log_line("rings: %s", strerror(errno));
		return -1;
	}
	outbox.is_ours = is_ours;
	outbox.context = &containers;
	if (tables_open(&tables, &kernel, outbox.signal))
		return -1;
	copies_open(&copies, &kernel);
	policies_open(&policies, &kernel, &tables, text("%s/policies", folder));
	containers.kernel = &kernel;
	containers.policies = &policies;
	containers.outbox = &outbox;
	pthread_mutex_init(&containers.lock, NULL);
	return 0;
}

static int serve(const struct options *options)
{
	struct server server = {
		.kernel = &kernel,
		.policies = &policies,
		.tables = &tables,
		.copies = &copies,
		.containers = &containers,
		.outbox = &outbox,
		.socket_path = options->socket_path,
		.guard = &adapter,
	};
	char place[PATH_MAX];
	const char *folder = folder_of(options, place);

	if (take_folder(folder) || open_state(options, folder))
		return 1;
	adapter = (struct guard_adapter){
		.kernel = &kernel,
		.policies = &policies,
		.tables = &tables,
		.copies = &copies,
		.containers = &containers,
		.outbox = &outbox,
	};
	guard_adapter_open(&adapter);
	events = (struct cgroup_events){
		.kernel = &kernel,
		.containers = &containers,
		.guard = &adapter,
		.engine_root = options->engine_root,
		.cgroup_root = options->cgroup2,
	};
	if (cgroup_events_open(&events))
		return 1;
	guard_adapter_changed(&adapter);
	return server_run(&server) ? 1 : 0;
}

int main(int count, char **words)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct options options = {};

	if (parse(count, words, &options)) {
		fputs(usage, stderr);
		return 2;
	}
	if (options.remove)
		return take_away(&options);
	if (!places_are_sound(options.engine_root, options.cgroup2))
		return 1;
	umask(077); /* files and the socket are root's alone */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	/* Whoever floods the machine with processes must not delay the answers that others wait for. */
	if (setpriority(PRIO_PROCESS, 0, URGENT))
		log_line("no higher priority: %s", strerror(errno));
	if (watchdog_start(count, words))
		log_line("no watchdog: %s", strerror(errno));
	hold_signals();
	return serve(&options);
}
