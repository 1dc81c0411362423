/* Known copies and tickets: what the guard has found out about files outside of an image. */
#ifndef SEAWALL_KERNEL_COPIES_H
#define SEAWALL_KERNEL_COPIES_H

#include "maps.h"

static __always_inline struct copy_value *known_copy(__u64 cgroup, struct wire_file *file)
{
	struct copy_key key = {
		.cgroup = cgroup,
		.device = file->device,
		.inode = file->inode,
		.ctime = file->ctime,
		.size = file->size,
	};

	return bpf_map_lookup_elem(&known_copies, &key);
}

/* Whether the container may run this content from outside of its image, as far as the guard saw it lately. */
static __always_inline bool is_known_copy(__u64 cgroup, struct wire_file *file)
{
	return known_copy(cgroup, file) != NULL;
}

/* What the guard let this thread start just now, when it is this very file. */
static __always_inline struct ticket *ticket_of(__u32 thread, struct wire_file *file)
{
	struct ticket *ticket = bpf_map_lookup_elem(&tickets, &thread);

	if (!ticket || ticket->inode != file->inode || ticket->device != file->device || ticket->ctime != file->ctime ||
	    ticket->size != file->size || bpf_ktime_get_boot_ns() - ticket->time >= TICKET_NS)
		return NULL;
	return ticket;
}

static __always_inline bool has_ticket(__u32 thread, struct wire_file *file)
{
	return ticket_of(thread, file) != NULL;
}

/* Puts the image's file in the place of a copy that has the same content, as far as the guard compared them: from there on
 * it is the image's, with all that table and model say of it. Returns the origin. `thread`: that calls exec; 0: none. */
PART __u32 seen_as(__u64 cgroup, __u32 thread, struct wire_file *file, __u32 origin)
{
	struct copy_value *value;
	struct ticket *ticket;

	if (!file || origin != WIRE_ORIGIN_UPPER)
		return origin;
	value = known_copy(cgroup, file);
	if (value && value->image.inode) {
		*file = value->image;
		return WIRE_ORIGIN_IMAGE;
	}
	ticket = thread ? ticket_of(thread, file) : NULL;
	if (ticket && ticket->image.inode) {
		*file = ticket->image;
		return WIRE_ORIGIN_IMAGE;
	}
	return origin;
}

#endif
