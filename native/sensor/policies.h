/* The policies as the sensor holds them: parsed, looked up, and written to the kernel's maps. */
#ifndef SEAWALL_POLICIES_H
#define SEAWALL_POLICIES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"
#include "policy.h"
#include "tables.h"

struct policies {
	pthread_rwlock_t lock;
	struct policy *first;
	struct policy *retired; /* in the kernel's tables still */
	uint32_t count;
	struct kernel *kernel;
	struct tables *tables;
	char folder[256]; /* kept here until the machine ends, for a sensor that starts while no agent is there */
};

/* Takes in what a sensor before this one kept. `folder` is made when missing. The tables are open already. */
void policies_open(struct policies *policies, struct kernel *kernel, struct tables *tables, const char *folder);

/* Puts a policy in the place of the one with its number, in the kernel too, at once; NULL, or the reason why not. The
 * policy is the store's then, or freed. */
const char *policies_put(struct policies *policies, struct policy *policy);

/* Removes what was kept in the folder: another sensor of this name may be another engine's. */
void policies_remove(const char *folder);
void policies_forget(struct policies *policies, uint32_t number);

/* Frees what was replaced or forgotten a while ago; every second, on the thread that puts. */
void policies_tick(struct policies *policies);

bool policies_hold(struct policies *policies, uint32_t number);

/* Whether a policy that holds, or was replaced a moment ago, has this table; for tables_tick. */
bool policies_name_table(void *policies, uint32_t number);

/* Number of the policy that names this image; 0 when none does. */
uint32_t policies_for_image(struct policies *policies, const char *image);

/* Between these a policy that was found stays. */
void policies_read(struct policies *policies);
void policies_done(struct policies *policies);
const struct policy *policies_find(struct policies *policies, uint32_t number);

#endif
