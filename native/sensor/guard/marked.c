#include "marked.h"

struct marked *marked_find(struct guard_mounts *mounts, uint64_t key, bool overlay)
{
	struct marked *marked = mounts->buckets[key % MARKED_BUCKETS];

	while (marked != NULL && (marked->key != key || marked->overlay_root != overlay))
		marked = marked->next;
	return marked;
}

struct marked *marked_at(struct guard_mounts *mounts, const struct guard_mount *marked)
{
	return marked_find(mounts, marked->overlay ? marked->device : marked->id, marked->overlay);
}
