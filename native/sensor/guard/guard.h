/* Asks before a container runs a program or opens code: the fanotify half of the sensor.
 *
 * The kernel holds whoever opens a file of a marked container until the guard answers. So the guard runs on a thread
 * of its own that waits for nothing but the next question: it reads its own tables and /proc, and leaves hashing to a
 * worker. A second thread, the deadman, closes the group when an answer is overdue; the kernel then lets everybody
 * through, which is reported as loss, and the guard opens a new group.
 *
 * What it does not see: programs in memory (memfd), a program that the dynamic loader maps, and a change made through
 * a shared writable mapping of a file that was opened before, until that mapping is gone. BPF covers the first two.
 */
#ifndef SEAWALL_GUARD_H
#define SEAWALL_GUARD_H

#include "question.h"

struct guard;

/* Starts the guard's threads. `features` gets WIRE_FEATURE_EXEC_FANOTIFY and WIRE_FEATURE_CODE_FANOTIFY where the
 * kernel has them. NULL with errno when fanotify cannot be had. */
struct guard *guard_open(const struct guard_callbacks *cb, unsigned budget_ms, uint32_t *features);

/* Marks the overlay that is mounted at `merged` (or /proc/PID/root). 0, or a negative errno: -EXDEV when `merged` is
 * not an overlay of its own, so that the host's root is never marked. */
int guard_mark(struct guard *guard, const char *merged, uint64_t cgroup);

/* Marks a volume or tmpfs by its mount point as seen through /proc/PID/root. -EOPNOTSUPP for file systems that a
 * program or another machine serves: waiting for them could hang the guard. */
int guard_mark_mount(struct guard *guard, const char *path, uint64_t cgroup);

void guard_unmark(struct guard *guard, uint64_t cgroup);

/* Asks again for every file, e.g. after policies changed. */
void guard_forget(struct guard *guard);

void guard_budget(struct guard *guard, unsigned budget_ms);
void guard_count(struct guard *guard, struct guard_counts *counts);

/* Lets everybody through who waits, and ends the threads. */
void guard_close(struct guard *guard);

#endif
