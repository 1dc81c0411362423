/* The rules that sensor, agent and console share (src/runtime/derivations-1.json). */
#ifndef SEAWALL_DERIVATION_RULES_H
#define SEAWALL_DERIVATION_RULES_H

#include "derivation.h"

/* Rules in force; none where the data cannot be read. */
const struct derivation *derivations(size_t *count);

#endif
