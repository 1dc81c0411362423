#include "settings-rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings-object.h"
#include "settings-rules-mounts.h"

#define NEARLY_ALL 20 /* capabilities that are as good as all */

static void privileged(struct asking *asking)
{
	if (asking->settings->every_device) {
		object(asking, text("It is privileged: every device of the host is open to it."),
		       text("Leave out --privileged and rules for all devices; give single devices with --device and single "
			    "capabilities with --cap-add."),
		       text("Set securityContext.privileged: false (on Windows windowsOptions.hostProcess: false); give single "
			    "capabilities with securityContext.capabilities.add."));
	} else if (asking->settings->has_open_system_paths) {
		object(asking,
		       text("Its system paths are open: parts of /proc and /sys that engines mask or keep read-only are not."),
		       text("Leave out --security-opt systempaths=unconfined, and give the engine’s own MaskedPaths and "
			    "ReadonlyPaths."),
		       text("Leave out securityContext.procMount: Unmasked."));
	}
}

static bool is_listed(const json_t *names, const char *name)
{
	const json_t *one;
	size_t at;

	json_array_foreach(names, at, one)
	{
		if (strcmp(json_string_value(one), name) == 0)
			return true;
	}
	return false;
}

static void host_namespaces(struct asking *asking)
{
	static const char *const remedies[NAMESPACES][2] = {
		{ "Leave out --pid, or name a container that has a namespace of its own.", "Set hostPID: false." },
		{ "Leave out --network host and publish the ports that are needed with -p.",
		  "Set hostNetwork: false, and publish ports with a Service." },
		{ "Leave out --ipc, or name a container that has a namespace of its own.", "Set hostIPC: false." },
		{ "Leave out --uts host.", "Set hostNetwork: false: the node’s name comes with its network." },
		{ "Leave out --userns host, and switch on userns-remap in the engine’s daemon.json.",
		  "Set hostUsers: false." },
		{ "Run it with --cgroupns private.",
		  "Set securityContext.privileged: false: the node’s cgroups come with it." },
	};

	for (int at = 0; at < NAMESPACES; at++) {
		enum sharing sharing = asking->settings->namespaces[at];
		const char *name = namespace_names[at];

		if (sharing == SHARES_NOTHING || !is_listed(json_object_get(asking->rule, "deny"), name))
			continue;
		object(asking,
		       sharing == SHARES_HOST
			       ? text("It shares the host’s %s namespace.", name)
			       : text("It joins a %s namespace of which cannot be seen whether it is the host’s.",
				      name),
		       text("%s", remedies[at][ASKER_DOCKER]), text("%s", remedies[at][ASKER_POD]));
	}
}

/* Names behind each other. */
static char *joined(const struct path_list *names, const char *before, const char *between)
{
	char *all = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&all, &bytes);

	if (!stream)
		return NULL;
	for (size_t at = 0; at < names->count; at++)
		fprintf(stream, "%s%s%s", at > 0 ? between : "", before, names->paths[at]);
	return fclose(stream) == 0 ? all : NULL;
}

static void object_to_capabilities(struct asking *asking, const struct path_list *names)
{
	char *list = joined(names, "", ", "), *options = joined(names, "--cap-add ", " ");

	if (names->count >= NEARLY_ALL)
		object(asking, text("It has nearly every capability."),
		       text("Add the capabilities that it needs one by one."),
		       text("Name the capabilities that it needs one by one in securityContext.capabilities.add."));
	else if (names->count > 0)
		object(asking, text("It adds the %s %s.", names->count == 1 ? "capability" : "capabilities", list),
		       text("Leave out %s, or let the rule allow %s.", options, list),
		       text("Leave %s out of securityContext.capabilities.add, or let the rule allow %s.", list, list));
	free(list);
	free(options);
}

static void added_capabilities(struct asking *asking)
{
	const struct path_list *added = &asking->settings->capabilities;
	struct path_list allowed = {}, names = {};
	const json_t *one;
	size_t at;

	json_array_foreach(json_object_get(asking->rule, "allow"), at, one)
	{
		char *name = capability_name(json_string_value(one));

		if (name)
			path_list_add(&allowed, name);
		free(name);
	}
	for (at = 0; at < added->count; at++)
		if (!is_in(&allowed, added->paths[at]))
			path_list_add(&names, added->paths[at]);
	object_to_capabilities(asking, &names);
	path_list_free(&allowed);
	path_list_free(&names);
}

static void seccomp_off(struct asking *asking)
{
	enum seccomp seccomp = asking->settings->seccomp;

	if (seccomp == SECCOMP_ON)
		return;
	object(asking,
	       seccomp == SECCOMP_OFF ? text("It runs without a seccomp profile: every system call is open to it.")
				      : text("Its seccomp profile allows every system call that it does not name."),
	       text("Leave out --security-opt seccomp=… and --privileged, so that the engine’s own profile holds, or give a "
		    "profile that refuses by default."),
	       text("Set securityContext.seccompProfile.type: RuntimeDefault, and no securityContext.privileged: true."));
}

/* The heaviest first. */
static const struct {
	const char *kind;
	void (*ask)(struct asking *asking);
} kinds[] = {
	{ "privileged", privileged },
	{ "engine-socket", engine_socket },
	{ "host-paths", host_paths },
	{ "host-namespaces", host_namespaces },
	{ "added-capabilities", added_capabilities },
	{ "seccomp-off", seccomp_off },
};

static bool is_silent(const json_t *rule)
{
	return strcmp(text_of(rule, "effect"), "ignore") == 0;
}

bool knows_rules(const json_t *rules)
{
	const json_t *rule;
	size_t at;

	json_array_foreach(rules, at, rule)
	{
		bool is_known = is_silent(rule);

		for (size_t kind = 0; kind < sizeof(kinds) / sizeof(*kinds); kind++)
			is_known = is_known || strcmp(text_of(rule, "kind"), kinds[kind].kind) == 0;
		if (!is_known)
			return false;
	}
	return true;
}

json_t *judge_settings(const struct settings *settings, const json_t *rules, enum asker asker)
{
	struct asking asking = { .settings = settings, .asker = asker, .objections = json_array() };
	size_t at;

	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(*kinds); kind++) {
		json_array_foreach(rules, at, asking.rule)
		{
			asking.kind = kinds[kind].kind;
			if (strcmp(text_of(asking.rule, "kind"), asking.kind) == 0 && !is_silent(asking.rule))
				kinds[kind].ask(&asking);
		}
	}
	return asking.objections;
}

enum asker asker_of(const json_t *spec)
{
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(spec, "annotations"), key, value)
	{
		if (strncmp(key, "io.kubernetes.cri", 17) == 0)
			return ASKER_POD;
	}
	return ASKER_DOCKER;
}
