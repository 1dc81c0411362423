/* Threads that others wait for. */
#ifndef SEAWALL_SENSOR_URGENT_THREAD_H
#define SEAWALL_SENSOR_URGENT_THREAD_H

/* On a busy host the calling thread goes before all others: with this real-time priority, or this nice value where the host
 * allows none. */
void urgent_thread(int realtime_priority, int nice);

/* The shorter of two timeouts of poll(2); below 0: for ever. */
int shorter_timeout(int one, int other);

#endif
