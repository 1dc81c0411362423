/* What `seawall gate install` and the agents of this host wrote down. */
#ifndef SEAWALL_GATE_CONFIG_H
#define SEAWALL_GATE_CONFIG_H

#include <limits.h>
#include <stdbool.h>

#include <jansson.h>

#define MOST_ROOTS 16
#define MOST_INSTANCES 64

struct gate_config {
	bool is_broken; /* it is not there, or nobody may believe it: nothing starts */
	char runc[PATH_MAX];
	bool allows_unknown_instance;
	bool allows_when_broken;
};

/* An agent and its engine. */
struct instance {
	json_t *json; /* holds the texts */
	const char *name;
	const char *roots[MOST_ROOTS];
	int root_count;
	const char *ledger;
	const char *socket;
	const char *spool;
};

struct instances {
	struct instance list[MOST_INSTANCES];
	int count;
	bool are_some_broken; /* one that cannot be believed, so whose containers are not known */
};

void read_gate_config(struct gate_config *config);
void read_instances(struct instances *instances);

#endif
