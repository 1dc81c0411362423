/* The clocks of the sensor, in ns. */
#ifndef SEAWALL_SENSOR_CLOCK_H
#define SEAWALL_SENSOR_CLOCK_H

#include <stdint.h>

/* CLOCK_BOOTTIME: that of events. */
uint64_t boot_now(void);

/* CLOCK_MONOTONIC: for time limits. */
uint64_t steady_now(void);

#endif
