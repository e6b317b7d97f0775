/* SPDX-License-Identifier: MIT */
/* What a server says before TLS: the first byte chooses the protocol, the rest is said. */
#include <assert.h>
#include <string.h>

#include "checker/starttls/starttls.h"
#include "tests/fuzz/fuzz.h"

/* Feeds it in reads of STEP bytes; what was sent stays in `out`. */
static void feed(struct starttls *starttls, const uint8_t *data, size_t size, size_t step)
{
	for (size_t at = 0; at < size && starttls->progress == STARTTLS_MORE; at += step)
		starttls_feed(starttls, data + at, at + step <= size ? step : size - at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || !starttls_speaks((enum protocol)(data[0] % PROTOCOL_COUNT)))
		return 0;

	struct starttls whole, bytes;
	starttls_init(&whole, (enum protocol)(data[0] % PROTOCOL_COUNT), "client.example",
		"server.example");
	starttls_init(&bytes, (enum protocol)(data[0] % PROTOCOL_COUNT), "client.example",
		"server.example");
	feed(&whole, data + 1, size - 1, size);
	feed(&bytes, data + 1, size - 1, 1);

	/* How the bytes are cut into reads makes no difference, unless some came in clear behind
	 * the go-ahead for TLS: in one read with it, they are seen here. */
	bool behind = whole.progress == STARTTLS_FAILED && bytes.progress == STARTTLS_READY;
	assert(behind || whole.progress == bytes.progress);
	assert(behind ||
		(whole.out.len == bytes.out.len &&
			memcmp(buf_text(&whole.out), buf_text(&bytes.out), whole.out.len) == 0));
	for (const char *c = whole.message; *c; c++)
		assert((unsigned char)*c >= ' ' && *c != 0x7f);
	starttls_release(&whole);
	starttls_release(&bytes);
	return 0;
}
