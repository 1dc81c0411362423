/* Updates of the kernel's maps, with a count of those that failed. */
#ifndef SEAWALL_MAP_PUT_H
#define SEAWALL_MAP_PUT_H

#include <stdint.h>

/* As bpf_map_update_elem. An entry that is there already where it must not be is no failure. From any thread. */
int map_put(int map, const void *key, const void *value, uint64_t flags);

/* How many failed since the sensor started. */
uint64_t map_puts_failed(void);

#endif
