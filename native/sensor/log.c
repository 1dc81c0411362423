#include <stdarg.h>
#include <stdio.h>

#include "log.h"

void log_line(const char *format, ...)
{
	char line[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	fprintf(stderr, "seawall-sensor: %s\n", line);
}
