/* The settings of a start, by the rules in the ledger. */
#ifndef SEAWALL_START_SETTINGS_H
#define SEAWALL_START_SETTINGS_H

#include "ledger.h"
#include "start.h"

/* Judges them, whatever becomes of the image. */
void judge_start_settings(struct start *start, struct ledger *ledger);

/* Lays what they break over what the image's verdict says. False: a rule refuses them, and the start is refused. */
bool lay_settings(struct start *start);

#endif
