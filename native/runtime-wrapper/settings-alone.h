/* Starts of no image: their settings alone are judged. */
#ifndef SEAWALL_SETTINGS_ALONE_H
#define SEAWALL_SETTINGS_ALONE_H

#include "../include/ledger.h"
#include "start.h"

/* Answers by the rules on settings of the start's instance, which its agent goes by; `key` and `value`, which is taken
 * over, say what it is. Where no rule speaks of settings it is allowed and nobody is asked. */
void judge_settings_alone(struct start *start, const char *key, json_t *value);

/* The head of an instance's ledger. False when there is none that can be believed. */
bool read_ledger_head(const struct instance *instance, struct ledger_header *header);

/* Gives an answer that does not rest on an image. */
void answer_alone(struct start *start, bool allows, const char *cause);

#endif
