/* The rules over a container's settings, in the words of src/compliance/settings/rules. */
#ifndef SEAWALL_SETTINGS_RULES_H
#define SEAWALL_SETTINGS_RULES_H

#include "settings-object.h"

/* Whether each of the rules that object is of a kind that is known here. */
bool knows_rules(const json_t *rules);

/* What rules object to, the heaviest kind first: an array of `{"kind","effect","message","remedy"}`, to be released. */
json_t *judge_settings(const struct settings *settings, const json_t *rules, enum asker asker);

/* Who asked for the container, by what its runtime wrote down. */
enum asker asker_of(const json_t *spec);

#endif
