/* Stands in the place of runc: judges what starts a container, and hands everything on. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arguments.h"
#include "armed.h"
#include "bundle.h"
#include "clock.h"
#include "closer-look.h"
#include "dump-ledger.h"
#include "exec.h"
#include "gate-config.h"
#include "judge.h"
#include "places.h"
#include "record.h"
#include "refuse.h"
#include "runtime.h"

#define FAILED 1

/* A file that is opened here must not become standard output of whoever left that closed. */
static void keep_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int cannot_start(const struct arguments *arguments, const char *path, const char *wrong)
{
	char message[PATH_MAX + 256];

	snprintf(message, sizeof(message), "the runtime %s cannot be started: %s", path, wrong);
	report_error(arguments, message);
	return FAILED;
}

static int refuse(const struct start *start)
{
	char message[REASON_BYTES + 64];

	record_start(start);
	snprintf(message, sizeof(message), "refused by Seawall: %s", start->reason);
	report_error(start->arguments, message);
	return FAILED;
}

/* Removes a container that the runtime made and that must not go on: its first program has not run. The words before the
 * verb are the same. */
static void remove_made(const struct start *start, char *const *words)
{
	size_t before = 0;
	char **removal;

	while (words[before] && words[before] != start->arguments->verb)
		before++;
	removal = calloc(before + 4, sizeof(*removal));
	if (!removal)
		return;
	memcpy(removal, words, before * sizeof(*removal));
	removal[before] = "delete";
	removal[before + 1] = "--force";
	removal[before + 2] = (char *)start->arguments->container;
	run_runtime(start->config->runc, removal);
	free(removal);
}

static int create(struct start *start, char *const *words)
{
	struct ending ending = run_runtime(start->config->runc, words);

	if (ending.wrong)
		return cannot_start(start->arguments, start->config->runc, ending.wrong);
	/* A sensor knows containers of the engine, and of them alone. */
	if (WIFEXITED(ending.status) && WEXITSTATUS(ending.status) == 0 && !start->container.claimed &&
	    !ask_armed(start)) {
		remove_made(start, words);
		return refuse(start);
	}
	record_start(start);
	end_as(ending.status);
}

/* A profile that cannot be had is the gate's own fault, and the host has a rule for that. */
static void add_seccomp(struct start *start)
{
	const char *wrong = start->seccomp[0] ? bundle_set_seccomp(start->bundle, start->seccomp) : NULL;

	if (!wrong)
		return;
	start->is_allowed = start->config->allows_when_broken;
	start->cause = "gate-fault";
	snprintf(start->reason, sizeof(start->reason), "The image's profile of system calls cannot be added: %s.",
		 wrong);
}

static void begin(struct start *start, const struct gate_config *config, const struct arguments *arguments)
{
	start->config = config;
	start->arguments = arguments;
	start->agent.socket = -1;
	make_id(start->id);
}

/* What asks for nothing that its container has not is handed on at once. */
static int execed(const struct gate_config *config, const struct arguments *arguments, char *const *words)
{
	static struct instances instances;
	static struct start start;

	begin(&start, config, arguments);
	start.began = monotonic_ms();
	if (!config->is_broken) {
		read_instances(&instances);
		if (judge_exec(&start, &instances, words)) {
			agent_leave(&start.agent);
			if (!start.is_allowed)
				return refuse(&start);
			record_start(&start);
		}
	}
	return cannot_start(arguments, config->runc, become_runtime(config->runc, words));
}

static int judged(double began, const struct gate_config *config, const struct arguments *arguments, char *const *words)
{
	static struct instances instances;
	static struct start start;

	begin(&start, config, arguments);
	start.began = began;
	if (!realpath(arguments->bundle && arguments->bundle[0] ? arguments->bundle : ".", start.bundle))
		start.bundle[0] = 0;
	read_instances(&instances);
	judge(&start, &instances);
	look_closer(&start);
	if (start.is_allowed)
		add_seccomp(&start);
	if (!start.is_allowed)
		return refuse(&start);
	if (strcmp(arguments->verb, "create") == 0)
		return create(&start, words);
	/* These end when the container does, and start its program themselves: nobody can ask in between. */
	record_start(&start);
	return cannot_start(arguments, config->runc, become_runtime(config->runc, words));
}

int main(int count, char **words)
{
	static struct gate_config config;
	struct arguments arguments;
	double began = monotonic_ms();

	if (count == 3 && strcmp(words[1], "--seawall-dump-ledger") == 0)
		return dump_ledger(words[2]);
	if (count == 2 && strcmp(words[1], "--seawall-version") == 0)
		return puts("seawall-runc " WRAPPER_VERSION) < 0;
	keep_standard_descriptors();
	read_arguments(words, &arguments);
	read_gate_config(&config);
	/* Without a container there is nothing to start, and the runtime says so. */
	if (arguments.is_judged && arguments.container)
		return judged(began, &config, &arguments, words);
	if (arguments.is_exec && arguments.container)
		return execed(&config, &arguments, words);
	return cannot_start(&arguments, config.runc, become_runtime(config.runc, words));
}
