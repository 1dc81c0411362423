/* Ends the sensor when it stands still: stopped by a signal, or stuck. Whoever starts a program in a container or opens
 * its code waits for the sensor's answer; once it has ended the kernel lets everybody through, and what kills in the
 * kernel goes on. The watchdog is a process of its own, because a thread stands still with all others. */
#ifndef SEAWALL_WATCHDOG_H
#define SEAWALL_WATCHDOG_H

/* Starts it, with the words of the command line, of which it makes its own name. It ends with the thread that calls. Call it
 * before anything is opened that the end of the sensor has to close. 0, or -1 with errno. */
int watchdog_start(int count, char **words);

/* To be called every second or more often, from the first time on. */
void watchdog_beat(void);

#endif
