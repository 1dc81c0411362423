/* For tests of single parts: says which line does not hold, and ends. */
#ifndef SEAWALL_TEST_EXPECT_H
#define SEAWALL_TEST_EXPECT_H

#include <stdio.h>
#include <stdlib.h>

#define EXPECT(holds)                                                                       \
	do {                                                                                \
		if (!(holds)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds); \
			exit(1);                                                            \
		}                                                                           \
	} while (0)

#endif
