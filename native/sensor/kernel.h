/* The part in the kernel, as the sensor holds it: descriptors of the maps and what is attached. */
#ifndef SEAWALL_KERNEL_H
#define SEAWALL_KERNEL_H

#include <stddef.h>

#include "clock.h"
#include "layout.h"

#define MISSING_BYTES 8192
#define PLACE_BYTES 512

struct kernel {
	int containers;
	int counts;
	int members;
	int namespaces;
	int processes;
	int starts;
	int policy_heads;
	int policy_edges;
	int image_tables;
	int known_copies;
	int tickets;
	int settings_map;
	int losses;
	int cgroup_events;
	int violations;
	int observations;
	int own_events;
	struct settings *settings;   /* mapped: a write is seen by the programs */
	uint32_t features;           /* wire_feature */
	char place[PLACE_BYTES];     /* folder of the pins */
	char missing[MISSING_BYTES]; /* `name: reason`, one a line */
};

/* Takes the pins of a sensor before this one, or loads, attaches and pins. Mechanisms that cannot be had are named in
 * `missing`. Returns 0, or -1 when nothing works without (logged). `folder` is the instance's under a bpffs. */
int kernel_open(struct kernel *kernel, const char *folder);

/* Opens what an iterator of the programs gives; -1 where it is not there. */
int kernel_iterate(const struct kernel *kernel, const char *program);

/* Runs the program that takes in the processes of the containers in the map. */
void kernel_take_in_processes(const struct kernel *kernel);

/* Sets the offset between the boot clock and Unix time. */
void kernel_set_clock(struct kernel *kernel);

/* Events that the rings could not take and that are counted to no container. */
uint64_t kernel_lost(const struct kernel *kernel);

/* Updates of maps that failed: the programs' ever, the sensor's since it started. */
uint64_t kernel_failed_updates(const struct kernel *kernel);

#endif
