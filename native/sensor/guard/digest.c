#include "digest.h"

#include <string.h>

/* FIPS 180-4 and RFC 1321. Both take 64 bytes at a time, so one pass over a file gives both. */

static const uint32_t sha_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t md5_constants[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
	0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
	0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
	0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const uint8_t md5_turns[16] = { 7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21 };

static uint32_t right(uint32_t word, unsigned by)
{
	return word >> by | word << (32 - by);
}

static void sha_block(uint32_t state[8], const uint8_t *bytes)
{
	uint32_t words[64];
	uint32_t s[8];

	for (int at = 0; at < 16; at++, bytes += 4)
		words[at] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
	for (int at = 16; at < 64; at++) {
		uint32_t low = words[at - 15];
		uint32_t high = words[at - 2];

		words[at] = words[at - 16] + (right(low, 7) ^ right(low, 18) ^ low >> 3) + words[at - 7] +
			    (right(high, 17) ^ right(high, 19) ^ high >> 10);
	}
	memcpy(s, state, sizeof(s));
	for (int at = 0; at < 64; at++) {
		uint32_t one = s[7] + (right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25)) +
			       ((s[4] & s[5]) ^ (~s[4] & s[6])) + sha_constants[at] + words[at];
		uint32_t two = (right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22)) +
			       ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += one;
		s[0] = one + two;
	}
	for (int at = 0; at < 8; at++)
		state[at] += s[at];
}

static void md5_block(uint32_t state[4], const uint8_t *bytes)
{
	uint32_t words[16];
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];

	for (int at = 0; at < 16; at++, bytes += 4)
		words[at] = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
	for (int at = 0; at < 64; at++) {
		static const uint8_t steps[4] = { 1, 5, 3, 7 };
		static const uint8_t starts[4] = { 0, 1, 5, 0 };
		int round = at / 16;
		uint32_t mix = round == 0   ? (b & c) | (~b & d)
			       : round == 1 ? (d & b) | (~d & c)
			       : round == 2 ? b ^ c ^ d
					    : c ^ (b | ~d);
		uint32_t sum = a + mix + md5_constants[at] + words[(steps[round] * at + starts[round]) % 16];

		a = d;
		d = c;
		c = b;
		b += right(sum, 32u - md5_turns[round * 4 + at % 4]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

void digest_start(struct digest *digest)
{
	static const uint32_t first[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	static const uint32_t md5_first[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };

	memcpy(digest->sha256, first, sizeof(first));
	memcpy(digest->md5, md5_first, sizeof(md5_first));
	digest->length = 0;
}

void digest_add(struct digest *digest, const void *bytes, size_t length)
{
	const uint8_t *from = bytes;

	while (length > 0) {
		size_t used = digest->length % 64;
		size_t take = 64 - used < length ? 64 - used : length;

		if (take < 64)
			memcpy(digest->block + used, from, take);
		if (used + take == 64) {
			const uint8_t *block = take == 64 ? from : digest->block;

			sha_block(digest->sha256, block);
			md5_block(digest->md5, block);
		}
		digest->length += take;
		from += take;
		length -= take;
	}
}

void digest_end(struct digest *digest, uint8_t sha256[32], uint8_t md5[16])
{
	uint64_t bits = digest->length * 8;
	size_t used = digest->length % 64;
	uint8_t tail[128] = { 0x80 };
	size_t size = (used < 56 ? 64 : 128) - used;
	struct digest other;

	/* The same padding, but for the order of the length's bytes. */
	for (int at = 0; at < 8; at++)
		tail[size - 1 - (size_t)at] = (uint8_t)(bits >> (8 * at));
	other = *digest;
	digest_add(digest, tail, size);
	for (int at = 0; at < 8; at++)
		tail[size - 8 + (size_t)at] = (uint8_t)(bits >> (8 * at));
	digest_add(&other, tail, size);
	for (int at = 0; at < 32; at++)
		sha256[at] = (uint8_t)(digest->sha256[at / 4] >> (24 - 8 * (at % 4)));
	for (int at = 0; at < 16; at++)
		md5[at] = (uint8_t)(other.md5[at / 4] >> (8 * (at % 4)));
}
