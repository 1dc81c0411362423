/* CRC-32 as zlib has it. */
#ifndef SEAWALL_CHECKSUM_H
#define SEAWALL_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Of the bytes that had `before` (0: none) and those that follow. */
uint32_t checksum(uint32_t before, const void *bytes, size_t length);

#endif
