#include "checksum.h"

#include <string.h>

#define POLYNOMIAL 0xedb88320u
#define LANES 8 /* bytes that one step takes */

static uint32_t tables[LANES][256];

static void make_tables(void)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t value = byte;

		for (int bit = 0; bit < 8; bit++)
			value = value & 1 ? value >> 1 ^ POLYNOMIAL : value >> 1;
		tables[0][byte] = value;
	}
	for (int lane = 1; lane < LANES; lane++) {
		for (int byte = 0; byte < 256; byte++) {
			uint32_t value = tables[lane - 1][byte];

			tables[lane][byte] = value >> 8 ^ tables[0][value & 0xff];
		}
	}
}

static uint32_t step(uint32_t value, const uint8_t *bytes)
{
	uint32_t low, high;

	memcpy(&low, bytes, 4);
	memcpy(&high, bytes + 4, 4);
	low ^= value;
	return tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^ tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24] ^
	       tables[3][high & 0xff] ^ tables[2][high >> 8 & 0xff] ^ tables[1][high >> 16 & 0xff] ^
	       tables[0][high >> 24];
}

uint32_t checksum(uint32_t before, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	uint32_t value = ~before;

	if (tables[0][1] == 0)
		make_tables();
	for (; length >= LANES; length -= LANES, at += LANES)
		value = step(value, at);
	for (; length > 0; length--, at++)
		value = value >> 8 ^ tables[0][(value ^ *at) & 0xff];
	return ~value;
}
