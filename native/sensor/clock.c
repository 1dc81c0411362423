#include "clock.h"

#include <time.h>

static uint64_t now_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t boot_now(void)
{
	return now_of(CLOCK_BOOTTIME);
}

uint64_t steady_now(void)
{
	return now_of(CLOCK_MONOTONIC);
}
