/* Tells whoever called the runtime why it does nothing, as runc tells its errors. */
#ifndef SEAWALL_REFUSE_H
#define SEAWALL_REFUSE_H

#include "arguments.h"

void tell_error(const struct arguments *arguments, const char *message);

#endif
