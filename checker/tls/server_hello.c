/* SPDX-License-Identifier: MIT */
#include "checker/tls/server_hello.h"

#include <string.h>

#include "checker/base/phrase.h"
#include "checker/tls/extension.h"

/* RFC 8446, 4.1.3: SHA-256 of "HelloRetryRequest". */
static const uint8_t retry_random[HELLO_RANDOM] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11,
	0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c,
	0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c };

/* The message as it stands, nothing of it judged. */
struct raw {
	uint32_t legacy_version, suite, compression;
	struct bytes random, session_id, extensions;
	uint32_t selected_version; /* 0: no supported_versions */
};

struct reading {
	const struct hello *hello;
	struct server_hello *into;
};

static bool read_raw(struct bytes body, struct raw *raw)
{
	*raw = (struct raw){ .extensions = { NULL, 0 } };
	if (!bytes_take_number(&body, 2, &raw->legacy_version) ||
		!bytes_take(&body, HELLO_RANDOM, &raw->random) ||
		!bytes_take_vector(&body, 1, &raw->session_id) || raw->session_id.len > 32 ||
		!bytes_take_number(&body, 2, &raw->suite) ||
		!bytes_take_number(&body, 1, &raw->compression))
		return false;
	/* RFC 5246, 7.4.1.3: no extensions at all, not even the length of none. */
	return body.len == 0 || (bytes_take_vector(&body, 2, &raw->extensions) && body.len == 0);
}

/* RFC 8446, 4.2.1: looked for before everything else, for the rest depends on it. */
static void find_version(struct raw *raw)
{
	struct bytes list = raw->extensions, body;
	uint32_t code, version;

	while (bytes_take_number(&list, 2, &code) && bytes_take_vector(&list, 2, &body))
		if (code == EXTENSION_SUPPORTED_VERSIONS && body.len == 2 &&
			bytes_take_number(&body, 2, &version))
			raw->selected_version = version;
}

/* RFC 8446, 4.1.3: what a server of today says when somebody made it choose an older version. */
static bool is_downgraded(unsigned newest, const struct server_hello *into)
{
	const uint8_t *last = into->random + HELLO_RANDOM - 8;
	bool marked = memcmp(last, "DOWNGRD", 7) == 0;

	return marked && ((newest >= OFFER_TLS13 && into->version == OFFER_TLS12 && last[7] == 1) ||
				 (into->version <= OFFER_TLS11 && last[7] == 0));
}

static bool judge_version(const struct reading *reading, struct raw *raw, struct fault *fault)
{
	struct server_hello *into = reading->into;
	unsigned newest = offer_newest(reading->hello->offer);

	find_version(raw);
	into->version = raw->selected_version ? raw->selected_version : raw->legacy_version;
	into->retry = memcmp(into->random, retry_random, HELLO_RANDOM) == 0;
	if (raw->selected_version && newest >= OFFER_TLS13 &&
		(raw->selected_version != OFFER_TLS13 || raw->legacy_version != OFFER_TLS12))
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
			"chose the version 0x%04x in a ServerHello of TLS 1.3",
			raw->selected_version);
	if (!offer_version_name(into->version) || into->version > newest ||
		(into->version == OFFER_TLS13 && !raw->selected_version)) {
		(void)fault_set(fault, ALERT_PROTOCOL_VERSION,
			"chose the version 0x%04x, which was not offered", into->version);
		fault->of_old = true;
		return false;
	}
	if (is_downgraded(newest, into))
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
			"chose %s and says that it was made to (the downgrade marker of RFC 8446)",
			offer_version_name(into->version));
	if (into->retry && into->version < OFFER_TLS13)
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
			"sent a HelloRetryRequest that does not say TLS 1.3");
	return true;
}

static bool judge_choices(const struct reading *reading, const struct raw *raw, struct fault *fault)
{
	struct server_hello *into = reading->into;
	const struct hello *hello = reading->hello;
	bool tls13 = into->version >= OFFER_TLS13;

	into->suite = offer_suite(hello->offer, raw->suite);
	if (!into->suite || into->version < into->suite->oldest ||
		tls13 != (into->suite->exchange == EXCHANGE_TLS13)) {
		(void)fault_set(fault, ALERT_ILLEGAL_PARAMETER,
			into->suite ? N_("chose the cipher suite 0x%04x, which was not offered for "
					 "this version")
				    : N_("chose the cipher suite 0x%04x, which was not offered"),
			raw->suite);
		fault->of_old = true;
		into->suite = NULL;
		return false;
	}
	if (raw->compression != 0)
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
			"chose a compression, which was not offered");
	/* Older ones may give a session a name of theirs, or none. */
	if (tls13 && (raw->session_id.len != sizeof hello->session_id ||
			     memcmp(raw->session_id.at, hello->session_id,
				     sizeof hello->session_id) != 0))
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
			"did not give our session id back (RFC 8446, 4.1.3)");
	return true;
}

/* KeyShareServerHello, or the group alone in a HelloRetryRequest (RFC 8446, 4.2.8). */
static bool on_key_share(const struct reading *reading, struct bytes body, struct fault *fault)
{
	struct server_hello *into = reading->into;
	uint32_t code;

	if (!bytes_take_number(&body, 2, &code) ||
		(!into->retry && !bytes_take_vector(&body, 2, &into->share)) || body.len > 0)
		return fault_set(fault, ALERT_DECODE_ERROR, "sent a malformed key share");
	into->group = offer_group(reading->hello->offer, code);
	if (!into->group || into->group->share_len == 0) {
		into->group = NULL;
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
			"chose the group 0x%04x, which was not offered", code);
	}
	return true;
}

static bool on_extension(void *arg, unsigned code, struct bytes body, struct fault *fault)
{
	const struct reading *reading = arg;
	struct server_hello *into = reading->into;

	switch (code) {
	case EXTENSION_KEY_SHARE:
		return on_key_share(reading, body, fault);
	case EXTENSION_COOKIE:
		if (!bytes_take_vector(&body, 2, &into->cookie) || body.len > 0 ||
			into->cookie.len == 0)
			return fault_set(fault, ALERT_DECODE_ERROR, "sent a malformed cookie");
		return true;
	case EXTENSION_STATUS_REQUEST:
		into->status = true;
		return true;
	case EXTENSION_SCT:
		into->scts = body;
		return true;
	case EXTENSION_RENEGOTIATION_INFO:
		/* RFC 5746, 3.4: there was no handshake before this one. */
		if (body.len != 1 || body.at[0] != 0)
			return fault_set(fault, ALERT_HANDSHAKE_FAILURE,
				"takes the first handshake for a renegotiation");
		return true;
	case EXTENSION_SUPPORTED_VERSIONS:
		if (body.len != 2)
			return fault_set(
				fault, ALERT_DECODE_ERROR, "sent a malformed supported_versions");
		return true;
	default:
		return true;
	}
}

bool server_hello_read(const struct hello *hello, struct bytes body, struct server_hello *ret_hello,
	struct fault *ret_fault)
{
	struct reading reading = { .hello = hello, .into = ret_hello };
	struct raw raw;

	*ret_hello = (struct server_hello){ .version = 0 };
	if (!read_raw(body, &raw))
		return fault_set(ret_fault, ALERT_DECODE_ERROR, "sent a malformed ServerHello");
	memcpy(ret_hello->random, raw.random.at, HELLO_RANDOM);
	if (!judge_version(&reading, &raw, ret_fault) || !judge_choices(&reading, &raw, ret_fault))
		return false;
	struct extension_reading extensions = {
		.offer = hello->offer,
		.with_name = hello->sni != NULL,
		.place = ret_hello->version < OFFER_TLS13 ? PLACE_SERVER_HELLO_12
			 : ret_hello->retry               ? PLACE_RETRY
							  : PLACE_SERVER_HELLO,
		.each = on_extension,
		.arg = &reading,
	};
	if (!extension_read(&extensions, raw.extensions, ret_fault))
		return false;
	if (ret_hello->version >= OFFER_TLS13 && !ret_hello->retry && !ret_hello->group)
		return fault_set(ret_fault, ALERT_MISSING_EXTENSION,
			"sent a ServerHello of TLS 1.3 without a key share");
	return true;
}
