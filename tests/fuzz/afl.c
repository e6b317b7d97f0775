/* SPDX-License-Identifier: MIT */
/*
 * afl - feeds a fuzzer what AFL++ comes up with, many inputs to a process (persistent mode)
 *
 * For afl-clang-fast alone: the macros are its own.  Every input is copied to a block of just its
 * size, so that AddressSanitizer sees a read behind its end.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "tests/fuzz/fuzz.h"

#define INPUTS_A_PROCESS 10000

/* They declare what they use in their own ways. */
#pragma clang diagnostic ignored "-Wpedantic"
#pragma clang diagnostic ignored "-Wmissing-prototypes"
#pragma clang diagnostic ignored "-Wcast-qual"
#pragma clang diagnostic ignored "-Wshorten-64-to-32"

/* clang-format off */
__AFL_FUZZ_INIT();
/* clang-format on */

int main(void)
{
	__AFL_INIT();
	const uint8_t *shared = __AFL_FUZZ_TESTCASE_BUF;

	while (__AFL_LOOP(INPUTS_A_PROCESS)) {
		size_t len = (size_t)__AFL_FUZZ_TESTCASE_LEN;
		uint8_t *input = malloc(len > 0 ? len : 1);

		if (!input)
			return EXIT_FAILURE;
		memcpy(input, shared, len);
		(void)LLVMFuzzerTestOneInput(input, len);
		free(input);
	}
	return EXIT_SUCCESS;
}
