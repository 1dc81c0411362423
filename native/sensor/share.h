/* How much of the room for events one container may hold while the agent does not keep them yet.
 *
 * What is not acknowledged is counted in rounds: the sensor begins a new round once everything is acknowledged that was
 * there when the last one began. So what waits is of this round or of the one before, and a container's share is what it
 * put there in both. Nobody has to take back what is acknowledged, and a sensor that dies leaves no wrong number behind.
 *
 * Programs in the kernel and the sensor count the same way; a share may be used from several processors at once. What is
 * not exact: each processor may go one event beyond the limit.
 */
#ifndef SEAWALL_SHARE_H
#define SEAWALL_SHARE_H

#define SHARE_RESERVE (16 << 10) /* of the sensor's own, for reporting what was lost and throttled */
#define SHARE_LEAST 384          /* counted for the smallest event: it takes a flight of the outbox too */

struct share {
	uint64_t round;
	uint32_t now;    /* bytes of this round */
	uint32_t before; /* bytes of the round before */
};

/* Whether there is room below the limit; begins the round for this share. */
static inline int share_has_room(struct share *share, uint64_t round, uint32_t limit)
{
	uint64_t old = share->round;

	/* Of those who see the new round at once, one moves the numbers. */
	if (old != round && __sync_val_compare_and_swap(&share->round, old, round) == old) {
		uint32_t last = __sync_lock_test_and_set(&share->now, 0);

		share->before = old + 1 == round ? last : 0;
	}
	return share->now + share->before < limit;
}

static inline void share_add(struct share *share, uint32_t bytes)
{
	__sync_fetch_and_add(&share->now, bytes < SHARE_LEAST ? SHARE_LEAST : bytes);
}

/* Nothing of the container waits. */
static inline int share_is_empty(const struct share *share, uint64_t round)
{
	if (share->round == round)
		return !share->now && !share->before;
	return share->round + 1 != round || !share->now;
}

#endif
