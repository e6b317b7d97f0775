/* SPDX-License-Identifier: MIT */
/* The first bytes of an answer, and the body of a Certificate message. */
#include <assert.h>
#include <string.h>

#include "checker/tls/wire.h"
#include "tests/fuzz/fuzz.h"

struct body {
	const uint8_t *bytes;
	size_t len;
	size_t sum;
};

static bool each(void *arg, const uint8_t *der, size_t len)
{
	struct body *body = arg;

	assert(der >= body->bytes && der + len <= body->bytes + body->len);
	body->sum += len;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int last = 0; last <= 1; last++) {
		const char *words = NULL;

		if (wire_kind(data, size, last, &words) == WIRE_OTHER)
			assert(words && words[0]);
	}
	for (int tls13 = 0; tls13 <= 1; tls13++) {
		struct body body = { .bytes = data, .len = size };

		bool all = wire_certificates(data, size, tls13, each, &body);

		assert(all && body.sum <= size);
	}
	return 0;
}
