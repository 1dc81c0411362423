/* Lines for the service's journal. */
#ifndef SEAWALL_LOG_H
#define SEAWALL_LOG_H

__attribute__((format(printf, 1, 2))) void log_line(const char *format, ...);

#endif
