/* Whether the sensor can work where it was told to. */
#ifndef SEAWALL_SENSOR_PLACES_H
#define SEAWALL_SENSOR_PLACES_H

#include <stdbool.h>

/* Says in the log what is wrong, and what to give instead. `cgroup2` is NULL where none was found. */
bool places_are_sound(const char *engine_root, const char *cgroup2);

#endif
