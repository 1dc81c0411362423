#ifndef SEAWALL_LSM_H
#define SEAWALL_LSM_H

#include <stdbool.h>

/* Whether the kernel asks BPF about security at all: without `bpf` among its security modules the programs are attached
 * and never run. `mapping_checked`: the program that is attached to mappings. */
bool lsm_is_asked(int mapping_checked);

#endif
