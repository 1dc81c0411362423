/* Says that the host's clock does not go with a ledger: a wrong clock must not look like a missing ledger. */
#ifndef SEAWALL_CLOCK_WORDS_H
#define SEAWALL_CLOCK_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../include/ledger.h"
#include "start.h"

/* The sentence for a time (Unix time, ms), as `clock-words.ts` says it. False where the clock goes with the ledger, or
 * there is none to compare it with. */
bool clock_words(const struct ledger_header *header, uint64_t now, char *to, size_t room);

/* Adds it to the answer about an image that nobody knows: the clock may be why. */
void add_clock(struct start *start, const struct ledger_header *header);

#endif
