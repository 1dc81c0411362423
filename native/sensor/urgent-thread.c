#include "urgent-thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void urgent_thread(int realtime_priority, int nice)
{
	struct sched_param priority = { .sched_priority = realtime_priority };

	if (pthread_setschedparam(pthread_self(), SCHED_RR, &priority) != 0)
		setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), nice);
}

int shorter_timeout(int one, int other)
{
	return one < 0 || (other >= 0 && other < one) ? other : one;
}
