/* Which file it is: its backing inode, where it comes from, its path in the container. */
#ifndef SEAWALL_KERNEL_IDENTITY_H
#define SEAWALL_KERNEL_IDENTITY_H

#include "inode.h"
#include "maps.h"

#define PATH_DEPTH 40

static __always_inline bool is_pseudo(struct dentry *dentry)
{
	return BPF_CORE_READ(dentry, d_parent) == dentry;
}

/* Fills identity and returns the origin (wire_origin); `root_device` is that of the container's root overlay. */
PART __u32 identify(__u64 address, __u32 root_device, struct wire_file *file)
{
	struct file *opened = (void *)address;
	struct inode *inode = BPF_CORE_READ(opened, f_inode);
	struct super_block *sb = BPF_CORE_READ(inode, i_sb);
	struct inode *below;
	bool upper = false;

	if (!file)
		return 0;
	fill_file(file, inode);
	if (BPF_CORE_READ(inode, i_nlink) == 0)
		return is_pseudo(BPF_CORE_READ(opened, f_path.dentry)) ? WIRE_ORIGIN_MEMORY : WIRE_ORIGIN_DELETED;
	if (BPF_CORE_READ(sb, s_dev) != root_device)
		return WIRE_ORIGIN_OTHER;
	if (BPF_CORE_READ(sb, s_magic) != OVERLAY_MAGIC)
		return WIRE_ORIGIN_UPPER;
	below = inode_below(inode, &upper);
	if (!below)
		return WIRE_ORIGIN_UPPER;
	fill_file(file, below);
	return upper ? WIRE_ORIGIN_UPPER : WIRE_ORIGIN_IMAGE;
}

struct walk {
	struct dentry *dentry;
	struct vfsmount *mount;
	struct dentry *root;
	struct vfsmount *root_mount;
	char *path; /* 2 * PATH_BYTES: the text ends at PATH_BYTES */
	__u32 at;
	bool whole;
};

static long walk_up(__u64 step, struct walk *walk)
{
	struct dentry *dentry = walk->dentry;
	struct vfsmount *mount = walk->mount;
	struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
	const unsigned char *name;
	__u32 length;

	if (dentry == walk->root && mount == walk->root_mount) {
		walk->whole = true;
		return 1;
	}
	if (dentry == parent || dentry == BPF_CORE_READ(mount, mnt_root)) {
		struct mount *own = (void *)mount - bpf_core_field_offset(struct mount, mnt);
		struct mount *above = BPF_CORE_READ(own, mnt_parent);

		if (above == own) {
			walk->whole = true;
			return 1;
		}
		walk->dentry = BPF_CORE_READ(own, mnt_mountpoint);
		walk->mount = (void *)above + bpf_core_field_offset(struct mount, mnt);
		return 0;
	}
	name = BPF_CORE_READ(dentry, d_name.name);
	length = BPF_CORE_READ(dentry, d_name.len);
	if (length >= PATH_BYTES || length + 1 > walk->at)
		return 1;
	walk->at -= length;
	bpf_probe_read_kernel(&walk->path[walk->at & (PATH_BYTES - 1)], length & (PATH_BYTES - 1), name);
	walk->at--;
	walk->path[walk->at & (PATH_BYTES - 1)] = '/';
	walk->dentry = parent;
	return 0;
}

/* Begins what is left of a path that is too long or too deep with an ellipsis, which is three bytes of UTF-8. */
static __always_inline void mark_cut(struct walk *walk)
{
	__u32 at = walk->at >= 3 ? walk->at - 3 : 0;

	walk->path[at & (PATH_BYTES - 1)] = '\xe2';
	walk->path[(at + 1) & (PATH_BYTES - 1)] = '\x80';
	walk->path[(at + 2) & (PATH_BYTES - 1)] = '\xa6';
	walk->at = at;
}

/* Writes a path as the task's root has it to the end of the first PATH_BYTES of a scratch; returns where it begins, with
 * bit 16 set when it was cut. */
PART __u32 path_shown(__u64 path, __u64 asker, __u32 which)
{
	struct scratch *s = scratch(which);
	struct path *shown = (void *)path;
	struct task_struct *task = (void *)asker;
	struct dentry *dentry = BPF_CORE_READ(shown, dentry);
	struct walk walk = { .at = PATH_BYTES };

	if (!s)
		return PATH_BYTES;
	walk.path = s->path;
	if (is_pseudo(dentry)) {
		__u32 length = BPF_CORE_READ(dentry, d_name.len) & (PATH_BYTES - 1);
		__u32 at = PATH_BYTES - length;

		bpf_probe_read_kernel(&s->path[at & (PATH_BYTES - 1)], length, BPF_CORE_READ(dentry, d_name.name));
		return at;
	}
	walk.dentry = dentry;
	walk.mount = BPF_CORE_READ(shown, mnt);
	walk.root = BPF_CORE_READ(task, fs, root.dentry);
	walk.root_mount = BPF_CORE_READ(task, fs, root.mnt);
	bpf_loop(PATH_DEPTH, walk_up, &walk, 0);
	if (!walk.whole)
		mark_cut(&walk);
	return walk.at | (walk.whole ? 0 : 1U << 16);
}

/* The same of an open file. */
static __always_inline __u32 path_of(__u64 file, __u64 asker)
{
	return path_shown(file + bpf_core_field_offset(struct file, f_path), asker, 0);
}

#endif
