/* Reports to the caller of the runtime why it does nothing, as runc reports its errors. */
#ifndef SEAWALL_REFUSE_H
#define SEAWALL_REFUSE_H

#include "arguments.h"

void report_error(const struct arguments *arguments, const char *message);

#endif
