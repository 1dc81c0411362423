/* Starts of no image (plugins of an engine, programs in a container): the agent judges their settings alone. */
#ifndef SEAWALL_WITHOUT_IMAGE_H
#define SEAWALL_WITHOUT_IMAGE_H

#include "../include/ledger.h"
#include "start.h"

/* Asks the agent of the start's instance, for a second at most; `key` and `value`, which is taken over, are what the
 * question says of it. Without an answer the ledger's head decides. Where no rule speaks of settings it is allowed and
 * nobody is asked. */
void judge_without_image(struct start *start, const char *key, json_t *value);

/* The head of an instance's ledger. False when there is none that can be believed. */
bool read_ledger_head(const struct instance *instance, struct ledger_header *header);

/* Gives an answer that does not rest on an image. */
void answer_without_image(struct start *start, bool allows, const char *cause);

#endif
