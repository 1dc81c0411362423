#include "watchdog.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "log.h"

#define STILL_S 10 /* until a sensor without a beat is ended */

static uint32_t *beats; /* of both processes */

void watchdog_beat(void)
{
	if (beats)
		__atomic_add_fetch(beats, 1, __ATOMIC_RELAXED);
}

/* As lists of processes show it: it is no second sensor. */
static void take_name(int count, char **words)
{
	static const char name[] = "seawall-sensor-watchdog";
	char *end = words[count - 1] + strlen(words[count - 1]);

	prctl(PR_SET_NAME, "seawall-watch");
	memset(words[0], 0, end - words[0]);
	strncpy(words[0], name, end - words[0]);
}

static void watch(pid_t sensor)
{
	uint32_t last = 0;
	int still = 0;

	while (getppid() == sensor) {
		uint32_t now = __atomic_load_n(beats, __ATOMIC_RELAXED);

		/* Seconds that were watched, not those of a clock: a machine that was paused had no second to beat in. */
		still = now && now == last ? still + 1 : 0;
		last = now;
		if (still > STILL_S) {
			log_line("it stood still for %d s and is ended, so that nobody waits for it any longer",
				 STILL_S);
			kill(sensor, SIGKILL);
			return;
		}
		sleep(1);
	}
}

int watchdog_start(int count, char **words)
{
	pid_t sensor = getpid(), watchdog;

	beats = mmap(NULL, sizeof(*beats), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (beats == MAP_FAILED) {
		beats = NULL;
		return -1;
	}
	watchdog = fork();
	if (watchdog)
		return watchdog < 0 ? -1 : 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	take_name(count, words);
	watch(sensor);
	_exit(0);
}
