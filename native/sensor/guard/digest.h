/* SHA-256 and MD5 of a file, without a library: SHA-256 decides, MD5 is shown. */
#ifndef SEAWALL_DIGEST_H
#define SEAWALL_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct digest {
	uint32_t sha256[8];
	uint32_t md5[4];
	uint64_t length;
	uint8_t block[64];
};

void digest_start(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, size_t length);
void digest_end(struct digest *digest, uint8_t sha256[32], uint8_t md5[16]);

#endif
