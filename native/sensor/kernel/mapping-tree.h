/* Finds the mapping at an address in a memory whose lock this task holds for writing: bpf_find_vma() would wait for that
 * very lock. Walks the maple tree as the kernel does; nobody changes it meanwhile. */
#ifndef SEAWALL_KERNEL_MAPPING_TREE_H
#define SEAWALL_KERNEL_MAPPING_TREE_H

#include "maps.h"

#define TREE_DEPTH 12 /* 16^12 mappings are more than there can be */
#define NODE_MASK 255UL
#define NODE_TYPE(node) (((node) >> 3) & 15)
#define IS_NODE(entry) (((entry) & 3) == 2 && (entry) > 4096)

struct tree_walk {
	__u64 address;
	__u64 node; /* with its type in the low bits */
	__u64 found;
};

/* The slot of a node that holds the address. A pivot is the last address of its slot; 0 behind the first: there is none. */
static __always_inline __u64 slot_of(struct tree_walk *walk, __u32 pivots, __u32 pivots_at, __u32 slots_at)
{
	__u64 node = walk->node & ~NODE_MASK, pivot, entry = 0;
	__u32 at;

	for (at = 0; at < 15; at++) {
		if (at >= pivots)
			break;
		pivot = 0;
		bpf_probe_read_kernel(&pivot, sizeof(pivot), (void *)(node + pivots_at + at * sizeof(pivot)));
		if (pivot >= walk->address || (at && !pivot))
			break;
	}
	bpf_probe_read_kernel(&entry, sizeof(entry), (void *)(node + slots_at + at * sizeof(entry)));
	return entry;
}

static long tree_down(__u64 step, struct tree_walk *walk)
{
	const __u32 wide = bpf_core_field_offset(struct maple_node, ma64);
	const __u32 plain = bpf_core_field_offset(struct maple_node, mr64);

	switch (NODE_TYPE(walk->node)) {
	case maple_arange_64:
		walk->node = slot_of(walk, 9, wide + bpf_core_field_offset(struct maple_arange_64, pivot),
				     wide + bpf_core_field_offset(struct maple_arange_64, slot));
		return 0;
	case maple_range_64:
		walk->node = slot_of(walk, 15, plain + bpf_core_field_offset(struct maple_range_64, pivot),
				     plain + bpf_core_field_offset(struct maple_range_64, slot));
		return 0;
	case maple_leaf_64:
		walk->found = slot_of(walk, 15, plain + bpf_core_field_offset(struct maple_range_64, pivot),
				      plain + bpf_core_field_offset(struct maple_range_64, slot));
		return 1;
	default:
		return 1;
	}
}

/* Address of the vm_area_struct that holds `address`; 0 where nothing is mapped. */
PART __u64 mapping_at(__u64 memory, __u64 address)
{
	struct mm_struct *mm = (void *)memory;
	struct tree_walk walk = { .address = address };
	__u64 root = address_of(BPF_CORE_READ(mm, mm_mt.ma_root));

	if (!IS_NODE(root))
		return root > 4096 ? root : 0; /* a single mapping */
	walk.node = root;
	bpf_loop(TREE_DEPTH, tree_down, &walk, 0);
	return walk.found > 4096 ? walk.found : 0;
}

#endif
