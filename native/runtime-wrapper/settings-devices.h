/* Devices that a container gets of its host: a part of `read_settings`. */
#ifndef SEAWALL_SETTINGS_DEVICES_H
#define SEAWALL_SETTINGS_DEVICES_H

#include "settings.h"

bool read_devices(struct settings *settings, const json_t *spec);

/* Whether it holds every folder of the host: a disk by whatever interface, or memory. */
bool is_disk(const struct host_device *device);

/* `block 8:0`; a star stands for all. */
void print_device(const struct host_device *device, char text[DEVICE_BYTES]);

#endif
