/* What a container mounts of its host: a part of `read_settings`. */
#ifndef SEAWALL_SETTINGS_MOUNTS_H
#define SEAWALL_SETTINGS_MOUNTS_H

#include "settings.h"

bool read_mounts(struct settings *settings, const json_t *spec, const struct host_view *view);

#endif
