#include "map-put.h"

#include <errno.h>

#include <bpf/bpf.h>

static uint64_t failed;

int map_put(int map, const void *key, const void *value, uint64_t flags)
{
	int error = bpf_map_update_elem(map, key, value, flags);

	if (error && !(flags == BPF_NOEXIST && errno == EEXIST))
		__atomic_fetch_add(&failed, 1, __ATOMIC_RELAXED);
	return error;
}

uint64_t map_puts_failed(void)
{
	return __atomic_load_n(&failed, __ATOMIC_RELAXED);
}
