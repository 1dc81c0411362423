/* Which file a mapping shows: what is mapped in fact, where it comes from, and whether it is a file at all. */
#ifndef SEAWALL_KERNEL_MAPPED_FILE_H
#define SEAWALL_KERNEL_MAPPED_FILE_H

#include "identity.h"

#define INTERNAL_MOUNT ((void *)-22L) /* MNT_NS_INTERNAL */
#define IS_PRIVATE (1U << 9)          /* S_PRIVATE of i_flags */
#define NAME_BYTES 24

struct backing_file___shown {
	struct path user_path;
} __attribute__((preserve_access_index));

/* A mount of the kernel's own. */
static __always_inline bool is_internal(struct vfsmount *mount)
{
	struct mount *own = (void *)mount - bpf_core_field_offset(struct mount, mnt);

	return (void *)BPF_CORE_READ(own, mnt_ns) == INTERNAL_MOUNT;
}

/* Path under which the container has the file. An overlay maps the file of its layer instead of its own, and that one
 * names the overlay's: as its own path before 6.8, since then in `user_path`, while its own lies in a mount that the overlay
 * keeps to itself. (The bit of f_mode that says the same is another one in each of some versions.) */
static __always_inline struct path *shown_path(struct file *file)
{
	if (bpf_core_field_exists(((struct backing_file___shown *)0)->user_path) &&
	    is_internal(BPF_CORE_READ(file, f_path.mnt)) && !is_pseudo(BPF_CORE_READ(file, f_path.dentry)))
		return (void *)file + bpf_core_field_offset(struct backing_file___shown, user_path);
	return (void *)file + bpf_core_field_offset(struct file, f_path);
}

static __always_inline struct inode *shown_inode(struct file *file)
{
	return BPF_CORE_READ(shown_path(file), dentry, d_inode);
}

static __always_inline bool is_called(const char *name, const char *wanted, __u32 bytes)
{
	__u32 at;

#pragma unroll
	for (at = 0; at < bytes; at++)
		if (name[at] != wanted[at])
			return false;
	return true;
}

/* Memory that a program asked for as memory, and that the kernel keeps in a file: shared and huge pages, and the one
 * memfd of which .NET maps each page of its compiled code twice, once to write and once to run. What loads a library
 * maps it privately, so nothing is loaded under that name. */
PART int is_anonymous(__u64 address, __u32 shared)
{
	struct file *file = (void *)address;
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	char name[NAME_BYTES] = {};

	if (!is_pseudo(dentry))
		return false;
	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(dentry, d_name.name));
	if (BPF_CORE_READ(file, f_inode, i_flags) & IS_PRIVATE)
		return is_called(name, "dev/zero", sizeof("dev/zero")) ||
		       is_called(name, "anon_hugepage", sizeof("anon_hugepage"));
	return shared && is_called(name, "memfd:doublemapper", sizeof("memfd:doublemapper"));
}

/* Fills identity and returns the origin (wire_origin). A file of the root overlay that was opened before it was copied up
 * still shows the image's content: what counts is which of both inodes is mapped. */
PART __u32 identify_mapped(__u64 address, __u32 root_device, struct wire_file *file)
{
	struct file *mapped = (void *)address;
	struct inode *inode = BPF_CORE_READ(mapped, f_inode);
	struct inode *shown = shown_inode(mapped);
	struct inode *below;
	bool upper = false;

	if (!file)
		return 0;
	if (!shown)
		shown = inode;
	fill_file(file, shown);
	if (BPF_CORE_READ(shown, i_nlink) == 0)
		return is_pseudo(BPF_CORE_READ(mapped, f_path.dentry)) ? WIRE_ORIGIN_MEMORY : WIRE_ORIGIN_DELETED;
	if (BPF_CORE_READ(shown, i_sb, s_dev) != root_device)
		return WIRE_ORIGIN_OTHER;
	if (BPF_CORE_READ(shown, i_sb, s_magic) != OVERLAY_MAGIC)
		return WIRE_ORIGIN_UPPER;
	below = inode_below(shown, &upper);
	if (!below)
		return WIRE_ORIGIN_UPPER;
	if (inode == shown)
		inode = below;
	fill_file(file, inode);
	return upper && inode == below ? WIRE_ORIGIN_UPPER : WIRE_ORIGIN_IMAGE;
}

#endif
