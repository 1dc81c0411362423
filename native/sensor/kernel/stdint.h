/* The kernel's own types stand for those of the C library. */
#include "vmlinux.h"
