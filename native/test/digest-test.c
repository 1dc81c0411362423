/* `digest-test FILE...` prints SHA-256, MD5 and name of each, read in pieces of uneven length. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../sensor/guard/digest.h"

int main(int count, char **names)
{
	static uint8_t bytes[65536];

	for (int at = 1; at < count; at++) {
		struct digest digest;
		uint8_t sha256[32], md5[16];
		int file = open(names[at], O_RDONLY);
		size_t want = 1;
		ssize_t got;

		if (file < 0) {
			perror(names[at]);
			return 2;
		}
		digest_start(&digest);
		while ((got = read(file, bytes, want)) > 0) {
			digest_add(&digest, bytes, (size_t)got);
			want = want * 3 % sizeof(bytes) + 1;
		}
		close(file);
		digest_end(&digest, sha256, md5);
		for (int byte = 0; byte < 32; byte++)
			printf("%02x", sha256[byte]);
		putchar(' ');
		for (int byte = 0; byte < 16; byte++)
			printf("%02x", md5[byte]);
		printf(" %s\n", names[at]);
	}
	return 0;
}
