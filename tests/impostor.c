/* SPDX-License-Identifier: MIT */
#include "tests/impostor.h"

#include <string.h>

#include <openssl/evp.h>

#include "checker/limits.h"
#include "checker/tls/record.h"
#include "checker/tls/share.h"
#include "tests/forge.h"

#define BYTES_MAX (32u << 20)
#define ED25519_SCHEME 0x0807

static const uint8_t usual_random[32] = "an impostor's random, 32 bytes.";
static const uint8_t retry_random[32] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe,
	0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
	0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c };

void impostor_init(struct impostor *impostor, struct crypto *crypto)
{
	*impostor = (struct impostor){
		.crypto = crypto,
		.hello = BUF_INIT(BYTES_MAX),
		.out = BUF_INIT(BYTES_MAX),
	};
}

void impostor_release(struct impostor *impostor)
{
	schedule_release(&impostor->schedule);
	buf_release(&impostor->hello);
	buf_release(&impostor->out);
}

static void put(struct buf *buf, const void *bytes, size_t len)
{
	forge_must(buf_add(buf, bytes, len), "memory");
}

static void put_number(struct buf *buf, size_t width, size_t value)
{
	for (size_t i = width; i-- > 0;)
		forge_must(buf_add_char(buf, (char)(value >> 8 * i)), "memory");
}

static struct bytes bytes_of(const struct buf *buf)
{
	return (struct bytes){ (const uint8_t *)buf_text(buf), buf->len };
}

void impostor_hear(struct impostor *impostor, struct handshake *handshake)
{
	struct bytes said, rest, fragment = { NULL, 0 };
	uint32_t type, version;

	if (handshake->out.len == 0)
		forge_must(handshake_feed(handshake, NULL, 0) == HANDSHAKE_MORE, "a ClientHello");
	said = bytes_of(&handshake->out);
	buf_clear(&impostor->hello);
	while (bytes_take_number(&said, 1, &type) && bytes_take_number(&said, 2, &version) &&
		bytes_take_vector(&said, 2, &fragment))
		if (type == RECORD_HANDSHAKE)
			put(&impostor->hello, fragment.at, fragment.len);
	rest = bytes_of(&impostor->hello);
	forge_must(bytes_take(&rest, 4 + 2 + 32, &fragment) &&
			   bytes_take_vector(&rest, 1, &fragment) && fragment.len <= 32,
		"a ClientHello that is one");
	memcpy(impostor->session_id, fragment.at, fragment.len);
	impostor->session_id_len = fragment.len;
	buf_clear(&handshake->out);
}

enum handshake_progress impostor_feed(
	struct impostor *impostor, struct handshake *handshake, size_t step)
{
	enum handshake_progress progress = HANDSHAKE_MORE;
	struct bytes said = bytes_of(&impostor->out), chunk = { NULL, 0 };

	if (step == 0 || step > LIMIT_CHUNK_BYTES)
		step = LIMIT_CHUNK_BYTES;
	while (said.len > 0 && progress == HANDSHAKE_MORE) {
		forge_must(bytes_take(&said, step < said.len ? step : said.len, &chunk), "bytes");
		/* On the heap and no longer than it is, so that a read too far is seen. */
		uint8_t *exact = malloc(chunk.len);

		forge_must(exact != NULL, "memory");
		memcpy(exact, chunk.at, chunk.len);
		progress = handshake_feed(handshake, exact, chunk.len);
		free(exact);
	}
	buf_clear(&impostor->out);
	return progress;
}

void impostor_raw(struct impostor *impostor, const void *bytes, size_t len)
{
	put(&impostor->out, bytes, len);
}

void impostor_record(struct impostor *impostor, uint8_t type, const void *bytes, size_t len)
{
	struct bytes content = { bytes, len };

	if (!impostor->schedule.keyed) {
		put_number(&impostor->out, 1, type);
		put_number(&impostor->out, 2, OFFER_TLS12);
		put_number(&impostor->out, 2, len);
		put(&impostor->out, bytes, len);
		return;
	}
	uint8_t *record = malloc(len + SCHEDULE_MORE);

	forge_must(record != NULL, "memory");
	size_t sealed = schedule_seal(
		&impostor->schedule.server, impostor->crypto, type, content, record);
	forge_must(sealed > 0, "a record");
	put(&impostor->out, record, sealed);
	free(record);
}

void impostor_message(struct impostor *impostor, uint8_t type, struct bytes body)
{
	struct buf message = BUF_INIT(BYTES_MAX);
	struct bytes part;

	put_number(&message, 1, type);
	put_number(&message, 3, body.len);
	if (body.len > 0)
		put(&message, body.at, body.len);
	struct bytes whole = bytes_of(&message);
	if (impostor->schedule.keyed)
		forge_must(schedule_add(&impostor->schedule, whole), "a transcript");
	while (whole.len > 0 && bytes_take(&whole, whole.len < 16384 ? whole.len : 16384, &part))
		impostor_record(impostor, RECORD_HANDSHAKE, part.at, part.len);
	buf_release(&message);
}

/* A share that looks like one of its group. */
static void make_share(const struct offer_group *group, uint8_t *ret_share)
{
	for (size_t i = 0; i < group->share_len; i++)
		ret_share[i] = (uint8_t)(i + 7);
	if (group->share_len % 2 == 1) /* a point of a curve, which nobody looks for on it */
		ret_share[0] = 4;
}

static const struct offer_group *group_of(unsigned code)
{
	const struct offer_group *group = offer_group(HANDSHAKE_OFFER_MODERN, code);

	forge_must(group && group->share_len > 0, "a group of TLS 1.3");
	return group;
}

static void put_extensions(struct buf *body, const struct impostor_hello *hello)
{
	uint8_t share[SHARE_BYTES];
	struct buf list = BUF_INIT(1u << 17);

	if (hello->version == OFFER_TLS13) {
		put_number(&list, 2, 43);
		put_number(&list, 2, 2);
		put_number(&list, 2, OFFER_TLS13);
	}
	if (hello->group && hello->retry) {
		put_number(&list, 2, 51);
		put_number(&list, 2, 2);
		put_number(&list, 2, hello->group);
	} else if (hello->group) {
		const struct offer_group *group = group_of(hello->group);

		make_share(group, share);
		put_number(&list, 2, 51);
		put_number(&list, 2, 4u + group->share_len);
		put_number(&list, 2, hello->group);
		put_number(&list, 2, group->share_len);
		put(&list, share, group->share_len);
	}
	if (hello->more.len > 0)
		put(&list, hello->more.at, hello->more.len);
	if (list.len > 0) {
		put_number(body, 2, list.len);
		put(body, buf_text(&list), list.len);
	}
	buf_release(&list);
}

void impostor_hello(struct impostor *impostor, const struct impostor_hello *hello)
{
	struct buf body = BUF_INIT(1u << 17);
	bool tls13 = hello->version == OFFER_TLS13;
	const uint8_t *random = hello->retry ? retry_random : usual_random;

	put_number(&body, 2, tls13 ? OFFER_TLS12 : hello->version);
	put(&body, hello->random ? hello->random : random, 32);
	put_number(&body, 1, tls13 ? impostor->session_id_len : 0);
	if (tls13)
		put(&body, impostor->session_id, impostor->session_id_len);
	put_number(&body, 2, hello->suite);
	put_number(&body, 1, 0);
	put_extensions(&body, hello);

	const struct offer_suite *suite = offer_suite(HANDSHAKE_OFFER_MODERN, hello->suite);
	struct schedule *schedule = &impostor->schedule;
	if (tls13 && suite && suite->exchange == EXCHANGE_TLS13) {
		struct buf message = BUF_INIT(1u << 17);

		if (!schedule->transcript.ctx)
			forge_must(schedule_begin(
					   schedule, impostor->crypto, suite->hash, suite->aead) &&
					   schedule_add(schedule, bytes_of(&impostor->hello)) &&
					   (!hello->retry ||
						   schedule_retry(schedule, impostor->crypto)),
				"a transcript");
		else
			forge_must(
				schedule_add(schedule, bytes_of(&impostor->hello)), "a transcript");
		put_number(&message, 1, 2);
		put_number(&message, 3, body.len);
		put(&message, buf_text(&body), body.len);
		forge_must(schedule_add(schedule, bytes_of(&message)), "a transcript");
		buf_release(&message);
	}
	impostor_message(impostor, 2, bytes_of(&body));
	buf_release(&body);
}

void impostor_keys(struct impostor *impostor, unsigned group)
{
	uint8_t share[SHARE_BYTES];
	struct bytes secret;

	make_share(group_of(group), share);
	forge_must(share_secret(group_of(group),
			   (struct bytes){ share, group_of(group)->share_len }, &secret) &&
			   schedule_keys(&impostor->schedule, impostor->crypto, secret),
		"keys");
}

void impostor_certificates(
	struct impostor *impostor, const struct bytes *ders, size_t count, bool tls13)
{
	struct buf list = BUF_INIT(BYTES_MAX), body = BUF_INIT(BYTES_MAX);

	for (size_t i = 0; i < count; i++) {
		put_number(&list, 3, ders[i].len);
		if (ders[i].len > 0)
			put(&list, ders[i].at, ders[i].len);
		put_number(&list, tls13 ? 2 : 0, 0);
	}
	put_number(&body, tls13 ? 1 : 0, 0);
	put_number(&body, 3, list.len);
	put(&body, buf_text(&list), list.len);
	impostor_message(impostor, 11, bytes_of(&body));
	buf_release(&list);
	buf_release(&body);
}

static void put_signature(struct buf *body, EVP_PKEY *key, struct bytes content)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t signature[64];
	size_t len = sizeof signature;

	forge_must(ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
			   EVP_DigestSign(ctx, signature, &len, content.at, content.len) == 1,
		"a signature");
	EVP_MD_CTX_free(ctx);
	put_number(body, 2, ED25519_SCHEME);
	put_number(body, 2, len);
	put(body, signature, len);
}

void impostor_verify(struct impostor *impostor, EVP_PKEY *key)
{
	static const char intro[] = "TLS 1.3, server CertificateVerify";
	struct buf content = BUF_INIT(1024), body = BUF_INIT(1024);
	const struct crypto_running *transcript = &impostor->schedule.transcript;
	uint8_t digest[CRYPTO_HASH_BYTES];

	for (size_t i = 0; i < 64; i++)
		put_number(&content, 1, ' ');
	put(&content, intro, sizeof intro);
	forge_must(crypto_running_digest(impostor->crypto, transcript, digest), "a transcript");
	put(&content, digest, crypto_hash_len(transcript->hash));
	put_signature(&body, key, bytes_of(&content));
	impostor_message(impostor, 15, bytes_of(&body));
	buf_release(&content);
	buf_release(&body);
}

void impostor_key_exchange(struct impostor *impostor, EVP_PKEY *key, struct bytes params)
{
	struct buf content = BUF_INIT(1u << 17), body = BUF_INIT(1u << 17);

	put(&content, buf_text(&impostor->hello) + 6, 32);
	put(&content, usual_random, 32);
	put(&content, params.at, params.len);
	put(&body, params.at, params.len);
	put_signature(&body, key, bytes_of(&content));
	impostor_message(impostor, 12, bytes_of(&body));
	buf_release(&content);
	buf_release(&body);
}
