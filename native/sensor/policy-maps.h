/* Policies in the kernel's maps. */
#ifndef SEAWALL_POLICY_MAPS_H
#define SEAWALL_POLICY_MAPS_H

#include "kernel.h"
#include "policy.h"

/* Writes it to the kernel's maps. Returns NULL, or the reason why not; then nothing of it is left. */
const char *policy_to_kernel(struct kernel *kernel, struct policy *policy);
void policy_from_kernel(struct kernel *kernel, const struct policy *policy);
/* Removes the entries of policies that no head names. */
void policy_sweep(struct kernel *kernel);

#endif
