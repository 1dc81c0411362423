/* How many starts wait for the agent of an instance. Each holds a lock on a byte of a folder, which ends with it whatever
 * becomes of it. */
#ifndef SEAWALL_WAITING_H
#define SEAWALL_WAITING_H

#define MOST_COUNTED 9

struct waiting {
	int folder; /* -1: it is not there, so nobody is counted */
};

void waiting_begin(struct waiting *waiting, const char *folder);
void waiting_end(struct waiting *waiting);

/* Those besides this one, up to MOST_COUNTED. */
int waiting_others(const struct waiting *waiting);

#endif
