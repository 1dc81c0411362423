/* Rules over what a container mounts, and over devices. */
#ifndef SEAWALL_SETTINGS_RULES_MOUNTS_H
#define SEAWALL_SETTINGS_RULES_MOUNTS_H

#include "settings-object.h"

void engine_socket(struct asking *asking);
void host_paths(struct asking *asking);

#endif
