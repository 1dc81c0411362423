/* Reads what a container gets of its host from its OCI spec. */
#ifndef SEAWALL_READ_SETTINGS_H
#define SEAWALL_READ_SETTINGS_H

#include "settings.h"

/* Of a spec that `read_spec` let through, which must outlive them. False where there is no memory. */
bool read_settings(struct settings *settings, const json_t *spec, const struct host_view *view);
void free_settings(struct settings *settings);

#endif
