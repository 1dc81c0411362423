/* Known copies: files outside of an image whose content the policy allows, or is that of the image's own file at their
 * path, as the guard saw them. The kernel's programs judge by them what the guard has answered already; one of an image's
 * own file they judge as that file.
 *
 * A copy leaves with its container, and when its policy no longer names its content: an image's own stays. A container has room for
 * COPIES_OF_ONE; with one more its oldest is taken out, which is asked about again at its next open. So no container takes
 * the room of another before 8 of them are full; then a copy is not taken, which is reported. A start itself depends on none
 * of this: it has a ticket for its thread.
 *
 * Lock order: containers, policies, copies. The lock is held for as long as one container's copies are gone through.
 */
#ifndef SEAWALL_COPIES_H
#define SEAWALL_COPIES_H

#include <pthread.h>
#include <stdbool.h>

#include "guard/question.h"
#include "kernel.h"

#define COPIES_OF_ONE 8192
#define COPIES_BUCKETS 256

struct copy {
	struct copy_key key;
	struct copy_value value;
};

/* Of one container, the oldest at `first`, around the end of `list`. */
struct copies_of {
	struct copies_of *next;
	uint64_t cgroup;
	uint32_t first, count, room;
	struct copy *list;
};

struct copies {
	pthread_mutex_t lock;
	struct kernel *kernel;
	struct copies_of *buckets[COPIES_BUCKETS];
	bool reported_full; /* since the last review */
};

/* Takes in those that a sensor before this one left in the kernel. */
void copies_open(struct copies *copies, struct kernel *kernel);

/* False when there is no room for it. */
bool copies_add(struct copies *copies, uint64_t cgroup, const struct wire_file *file, const uint8_t *sha256);

/* The same for a copy of the image's own file. False when there is no room for it. */
bool copies_add_image(struct copies *copies, uint64_t cgroup, const struct wire_file *file,
		      const struct wire_file *image);

/* The image's own file that a known copy has the content of. */
bool copies_image(struct copies *copies, uint64_t cgroup, const struct wire_file *file, struct wire_file *image);

/* Digest of a copy that is known already. */
bool copies_digest(struct copies *copies, uint64_t cgroup, const struct wire_file *file, struct guard_digest *digest);

/* Lets a thread start a file, as `image` where it is not NULL. False when there is no room for it. */
bool copies_ticket(struct copies *copies, uint32_t thread, const struct wire_file *file, const struct wire_file *image);

/* The container is gone. */
void copies_leave(struct copies *copies, uint64_t cgroup);

/* Containers that have copies, at most `room`; returns how many. */
uint32_t copies_containers(struct copies *copies, uint64_t *cgroups, uint32_t room);

/* Takes out what `allows` says no to; copies of the image's own files stay. */
void copies_review(struct copies *copies, uint64_t cgroup, bool (*allows)(const void *context, const uint8_t *sha256),
		   const void *context);

/* Takes out tickets that hold no more; every second. */
void copies_tick(struct copies *copies);

#endif
