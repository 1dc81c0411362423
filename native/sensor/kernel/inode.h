/* Inodes, and what lies below those of an overlay. */
#ifndef SEAWALL_KERNEL_INODE_H
#define SEAWALL_KERNEL_INODE_H

#include "../../include/wire.h"

#define OVERLAY_MAGIC 0x794c7630
#define QUERIED_BIT 31 /* of i_ctime_nsec since 6.13: not part of the time */

extern int LINUX_KERNEL_VERSION __kconfig;

struct inode___split {
	time64_t i_ctime_sec;
	__u32 i_ctime_nsec;
} __attribute__((preserve_access_index));

struct inode___hidden {
	struct timespec64 __i_ctime;
} __attribute__((preserve_access_index));

struct inode___plain {
	struct timespec64 i_ctime;
} __attribute__((preserve_access_index));

struct ovl_inode___entry {
	void *oe;
} __attribute__((preserve_access_index));

struct ovl_inode___path {
	struct {
		void *layer;
		void *dentry;
	} lowerpath;
} __attribute__((preserve_access_index));

static __always_inline __u64 ctime_of(struct inode *inode)
{
	struct inode___split *split = (void *)inode;
	struct inode___hidden *hidden = (void *)inode;
	struct inode___plain *plain = (void *)inode;
	__u64 seconds, ns;

	if (bpf_core_field_exists(split->i_ctime_sec)) {
		seconds = BPF_CORE_READ(split, i_ctime_sec);
		ns = BPF_CORE_READ(split, i_ctime_nsec) & ~(1U << QUERIED_BIT);
	} else if (bpf_core_field_exists(hidden->__i_ctime)) {
		seconds = BPF_CORE_READ(hidden, __i_ctime.tv_sec);
		ns = BPF_CORE_READ(hidden, __i_ctime.tv_nsec);
	} else {
		seconds = BPF_CORE_READ(plain, i_ctime.tv_sec);
		ns = BPF_CORE_READ(plain, i_ctime.tv_nsec);
	}
	return seconds * 1000000000ULL + ns;
}

/* Whether an overlay's inode points to its layers by `oe` (6.5). Its types may be a module's that is not loaded. */
static __always_inline bool has_overlay_entry(void)
{
	if (bpf_core_field_exists(((struct ovl_inode___entry *)0)->oe))
		return true;
	if (bpf_core_field_exists(((struct ovl_inode___path *)0)->lowerpath))
		return false;
	return LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 5, 0);
}

/* Inode below an overlay's: the upper one where there is one, else the topmost lower one. The fields follow the inode
 * that is embedded: `__upperdentry`, then `oe` -> { count, { { layer, dentry } } } or `lowerpath` { layer, dentry }. */
static __always_inline struct inode *inode_below(struct inode *inode, bool *upper)
{
	void *after = (void *)inode + bpf_core_type_size(struct inode);
	struct dentry *dentry = NULL;
	void *entry = NULL;

	bpf_probe_read_kernel(&dentry, sizeof(dentry), after);
	*upper = dentry != NULL;
	if (!dentry && has_overlay_entry()) {
		bpf_probe_read_kernel(&entry, sizeof(entry), after + 8);
		bpf_probe_read_kernel(&dentry, sizeof(dentry), entry + 16);
	} else if (!dentry) {
		bpf_probe_read_kernel(&dentry, sizeof(dentry), after + 16);
	}
	return dentry ? BPF_CORE_READ(dentry, d_inode) : NULL;
}

static __always_inline void fill_file(struct wire_file *file, struct inode *inode)
{
	file->device = BPF_CORE_READ(inode, i_sb, s_dev);
	file->mode = BPF_CORE_READ(inode, i_mode);
	file->inode = BPF_CORE_READ(inode, i_ino);
	file->ctime = ctime_of(inode);
	file->size = BPF_CORE_READ(inode, i_size);
}

#endif
