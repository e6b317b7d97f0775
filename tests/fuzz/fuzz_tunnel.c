/* SPDX-License-Identifier: MIT */
/* What a proxy says: the first byte chooses its kind and whether we have a password. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "checker/engine/tunnel.h"
#include "tests/fuzz/fuzz.h"

static const char *const proxies[] = {
	"http://proxy.example:3128",
	"http://user:password@proxy.example:3128",
	"socks5h://proxy.example",
	"socks5h://user:password@proxy.example",
};

/* Feeds it in reads of STEP bytes; gives how many were the proxy's. */
static size_t feed(struct tunnel *tunnel, const uint8_t *data, size_t size, size_t step)
{
	size_t taken = 0;

	for (size_t at = 0; at < size && tunnel->progress == TUNNEL_MORE; at += step) {
		size_t part = at + step <= size ? step : size - at, took = 0;

		tunnel_feed(tunnel, data + at, part, &took);
		assert(took <= part && (tunnel->progress != TUNNEL_MORE || took == part));
		taken += took;
	}
	return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy *proxy;
	struct tunnel whole, bytes;

	if (size == 0)
		return 0;
	proxy = proxy_new(proxies[data[0] % ARRAY_LEN(proxies)], NULL);
	assert(proxy);
	tunnel_init(&whole, proxy, "target.example", 443);
	tunnel_init(&bytes, proxy, "target.example", 443);

	/* How the bytes are cut into reads makes no difference. */
	size_t taken = feed(&whole, data + 1, size - 1, size);
	assert(taken == feed(&bytes, data + 1, size - 1, 1));
	assert(whole.progress == bytes.progress && whole.outcome == bytes.outcome);
	assert(whole.out.len == bytes.out.len &&
		memcmp(buf_text(&whole.out), buf_text(&bytes.out), whole.out.len) == 0);
	assert(strcmp(whole.message, bytes.message) == 0);
	for (const char *c = whole.message; *c; c++)
		assert((unsigned char)*c >= ' ' && *c != 0x7f);
	tunnel_release(&whole);
	tunnel_release(&bytes);
	proxy_free(proxy);
	return 0;
}
