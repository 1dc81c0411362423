/* Takes secrets out of the arguments of a program. */
#ifndef SEAWALL_MASK_H
#define SEAWALL_MASK_H

#include <stddef.h>

/* Masks in place the values of secrets in `length` bytes of words with NUL between them; a value becomes `***` (fewer
 * stars when it is shorter). Returns the new length: never more than before, with as many NULs. Linear time. */
size_t mask_argv(char *argv, size_t length);

#endif
