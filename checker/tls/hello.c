/* SPDX-License-Identifier: MIT */
#include "checker/tls/hello.h"

#include <string.h>

#include "checker/tls/extension.h"
#include "checker/tls/share.h"

#define CLIENT_HELLO 1
#define EMPTY_RENEGOTIATION_INFO_SCSV 0x00ff /* RFC 5746, 3.3 */
#define NO_COMPRESSION 0

/* RFC 7685, 4: the sizes of a ClientHello that some load balancers do not get over. */
#define SIZE_BAD_FROM 256u
#define SIZE_GOOD_FROM 512u

/* Bytes to come; `full` when one did not fit, and then none is good. */
struct writer {
	uint8_t *out;
	size_t len, room;
	bool full;
};

static void put(struct writer *w, const void *bytes, size_t len)
{
	if (w->full || len > w->room - w->len) {
		w->full = true;
		return;
	}
	if (len > 0)
		memcpy(w->out + w->len, bytes, len);
	w->len += len;
}

static void put_number(struct writer *w, size_t width, size_t value)
{
	uint8_t bytes[4];

	for (size_t i = 0; i < width; i++)
		bytes[i] = (uint8_t)(value >> 8 * (width - 1 - i));
	put(w, bytes, width);
}

/* A vector whose length is known at its end: its place, for end(). */
static size_t begin(struct writer *w, size_t width)
{
	put_number(w, width, 0);
	return w->len;
}

static void end(struct writer *w, size_t width, size_t began)
{
	size_t len = w->len - began;

	if (w->full || len >> 8 * width != 0) {
		w->full = true;
		return;
	}
	for (size_t i = 0; i < width; i++)
		w->out[began - width + i] = (uint8_t)(len >> 8 * (width - 1 - i));
}

static void put_suites(struct writer *w, const struct hello *hello)
{
	size_t count, began = begin(w, 2);
	const struct offer_suite *suites = offer_suites(&count);

	for (size_t i = 0; i < count; i++)
		if (offer_has(suites[i].offers, hello->offer))
			put_number(w, 2, suites[i].code);
	/* In the place of the extension: servers of old may fall over any extension. */
	if (hello->offer == HANDSHAKE_OFFER_LEGACY)
		put_number(w, 2, EMPTY_RENEGOTIATION_INFO_SCSV);
	end(w, 2, began);
}

static void put_server_name(struct writer *w, const struct hello *hello)
{
	size_t list = begin(w, 2);

	put_number(w, 1, 0); /* host_name */
	size_t name = begin(w, 2);
	put(w, hello->sni, strlen(hello->sni));
	end(w, 2, name);
	end(w, 2, list);
}

/* RFC 6066, 8: an OCSP answer, by whichever responder. */
static void put_status_request(struct writer *w)
{
	put_number(w, 1, 1);
	put_number(w, 2, 0);
	put_number(w, 2, 0);
}

static void put_groups(struct writer *w, const struct hello *hello)
{
	size_t count, list = begin(w, 2);
	const struct offer_group *groups = offer_groups(&count);

	for (size_t i = 0; i < count; i++)
		if (offer_has(groups[i].offers, hello->offer))
			put_number(w, 2, groups[i].code);
	end(w, 2, list);
}

static void put_schemes(struct writer *w, const struct hello *hello)
{
	size_t count, list = begin(w, 2);
	const struct offer_scheme *schemes = offer_schemes(&count);

	for (size_t i = 0; i < count; i++)
		if (offer_has(schemes[i].offers, hello->offer))
			put_number(w, 2, schemes[i].code);
	end(w, 2, list);
}

static void put_versions(struct writer *w, const struct hello *hello)
{
	size_t list = begin(w, 1);

	for (unsigned v = offer_newest(hello->offer); v >= offer_oldest(hello->offer); v--)
		put_number(w, 2, v);
	end(w, 1, list);
}

static void put_shares(struct writer *w, const struct hello_retry *retry)
{
	size_t count, list = begin(w, 2);
	const struct offer_group *groups = offer_groups(&count);
	const struct offer_group *only = retry ? retry->group : NULL;
	uint8_t share[SHARE_BYTES];

	for (size_t i = 0; i < count; i++) {
		if (only ? only != &groups[i] : !groups[i].first)
			continue;
		put_number(w, 2, groups[i].code);
		put_number(w, 2, groups[i].share_len);
		share_write(&groups[i], share);
		put(w, share, groups[i].share_len);
	}
	end(w, 2, list);
}

static void put_cookie(struct writer *w, const struct hello_retry *retry)
{
	size_t cookie = begin(w, 2);

	put(w, retry->cookie.at, retry->cookie.len);
	end(w, 2, cookie);
}

static void put_extension(
	struct writer *w, unsigned code, const struct hello *hello, const struct hello_retry *retry)
{
	static const uint8_t uncompressed[] = { 1, 0 }, not_renegotiating[] = { 0 };

	put_number(w, 2, code);
	size_t began = begin(w, 2);
	switch (code) {
	case EXTENSION_SERVER_NAME:
		put_server_name(w, hello);
		break;
	case EXTENSION_STATUS_REQUEST:
		put_status_request(w);
		break;
	case EXTENSION_SUPPORTED_GROUPS:
		put_groups(w, hello);
		break;
	case EXTENSION_EC_POINT_FORMATS:
		put(w, uncompressed, sizeof uncompressed);
		break;
	case EXTENSION_SIGNATURE_ALGORITHMS:
		put_schemes(w, hello);
		break;
	case EXTENSION_SUPPORTED_VERSIONS:
		put_versions(w, hello);
		break;
	case EXTENSION_COOKIE:
		put_cookie(w, retry);
		break;
	case EXTENSION_KEY_SHARE:
		put_shares(w, retry);
		break;
	case EXTENSION_RENEGOTIATION_INFO:
		put(w, not_renegotiating, sizeof not_renegotiating);
		break;
	default: /* extended_master_secret and signed_certificate_timestamp have nothing in them */
		break;
	}
	end(w, 2, began);
}

/* The message is that long already, and would have a size that is badly received. */
static void put_padding(struct writer *w)
{
	static const uint8_t zeros[SIZE_GOOD_FROM - SIZE_BAD_FROM];

	if (w->full || w->len < SIZE_BAD_FROM || w->len >= SIZE_GOOD_FROM)
		return;
	size_t missing = SIZE_GOOD_FROM - w->len;
	size_t len = missing > 4 ? missing - 4 : 1;
	put_number(w, 2, EXTENSION_PADDING);
	put_number(w, 2, len);
	put(w, zeros, len);
}

/* The last one is never empty: some servers do not find its end. */
static void put_extensions(
	struct writer *w, const struct hello *hello, const struct hello_retry *retry)
{
	size_t count, began = begin(w, 2);
	const struct extension *extensions = extension_table(&count);

	for (size_t i = 0; i < count; i++) {
		unsigned code = extensions[i].code;
		bool wanted = extension_offered(&extensions[i], hello->offer, hello->sni != NULL);

		if (code == EXTENSION_COOKIE)
			wanted = retry && retry->cookie.len > 0;
		if (wanted)
			put_extension(w, code, hello, retry);
	}
	put_padding(w);
	end(w, 2, began);
}

size_t hello_write(
	const struct hello *hello, const struct hello_retry *retry, uint8_t *out, size_t room)
{
	struct writer w = { .room = room };
	bool tls13 = offer_newest(hello->offer) >= OFFER_TLS13;

	w.out = out;
	put_number(&w, 1, CLIENT_HELLO);
	size_t message = begin(&w, 3);
	put_number(&w, 2, OFFER_TLS12); /* legacy_version */
	put(&w, hello->random, sizeof hello->random);
	size_t session = begin(&w, 1);
	if (tls13)
		put(&w, hello->session_id, sizeof hello->session_id);
	end(&w, 1, session);
	put_suites(&w, hello);
	size_t compressions = begin(&w, 1);
	put_number(&w, 1, NO_COMPRESSION);
	end(&w, 1, compressions);
	put_extensions(&w, hello, retry);
	end(&w, 3, message);
	return w.full ? 0 : w.len;
}
