#ifndef SEAWALL_CLOCK_H
#define SEAWALL_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Of a clock that only goes forward, ms. */
static inline double monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Unix time, ms. */
static inline uint64_t unix_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

#endif
