/* SPDX-License-Identifier: MIT */
#include "checker/tls/schedule.h"

#include <string.h>

#define APPLICATION_DATA 23
#define MESSAGE_HASH 254
#define HEADER_BYTES 5

/*
 * Derive-Secret(Early Secret, "derived", "") where there is no pre-shared key (RFC 8446, 7.1): the
 * same for everybody; the first one is in RFC 8448, 3.
 */
static const uint8_t derived[2][48] = {
	[CRYPTO_SHA256] = { 0x6f, 0x26, 0x15, 0xa1, 0x08, 0xc7, 0x02, 0xc5, 0x67, 0x8f, 0x54, 0xfc,
		0x9d, 0xba, 0xb6, 0x97, 0x16, 0xc0, 0x76, 0x18, 0x9c, 0x48, 0x25, 0x0c, 0xeb, 0xea,
		0xc3, 0x57, 0x6c, 0x36, 0x11, 0xba },
	[CRYPTO_SHA384] = { 0x15, 0x91, 0xda, 0xc5, 0xcb, 0xbf, 0x03, 0x30, 0xa4, 0xa8, 0x4d, 0xe9,
		0xc7, 0x53, 0x33, 0x0e, 0x92, 0xd0, 0x1f, 0x0a, 0x88, 0x21, 0x4b, 0x44, 0x64, 0x97,
		0x2f, 0xd6, 0x68, 0x04, 0x9e, 0x93, 0xe5, 0x2f, 0x2b, 0x16, 0xfa, 0xd9, 0x22, 0xfd,
		0xc0, 0x58, 0x44, 0x78, 0x42, 0x8f, 0x28, 0x2b },
};

bool schedule_begin(struct schedule *schedule, struct crypto *crypto, enum crypto_hash hash,
	enum crypto_aead aead)
{
	schedule->aead = aead;
	return crypto_running_begin(crypto, &schedule->transcript, hash);
}

void schedule_release(struct schedule *schedule)
{
	crypto_running_release(&schedule->transcript);
}

bool schedule_add(struct schedule *schedule, struct bytes message)
{
	return crypto_running_add(&schedule->transcript, message);
}

bool schedule_retry(struct schedule *schedule, struct crypto *crypto)
{
	enum crypto_hash hash = schedule->transcript.hash;
	size_t len = crypto_hash_len(hash);
	uint8_t message[4 + CRYPTO_HASH_BYTES] = { MESSAGE_HASH, 0, 0, (uint8_t)len };

	return crypto_running_digest(crypto, &schedule->transcript, message + 4) &&
	       crypto_running_begin(crypto, &schedule->transcript, hash) &&
	       crypto_running_add(&schedule->transcript, (struct bytes){ message, 4 + len });
}

struct secret {
	struct crypto *crypto;
	enum crypto_hash hash;
	uint8_t bytes[CRYPTO_HASH_BYTES];
};

/* HKDF-Expand-Label (RFC 8446, 7.1).  One block of HKDF-Expand (RFC 5869, 2.3) is enough for LEN.
 */
static bool expand(const struct secret *secret, const char *label, struct bytes context,
	uint8_t *ret_out, size_t len)
{
	uint8_t info[2 + 1 + 6 + 12 + 1 + CRYPTO_HASH_BYTES + 1], block[CRYPTO_HASH_BYTES];
	struct bytes key = { secret->bytes, crypto_hash_len(secret->hash) };
	size_t label_len = strlen(label), at = 0;

	info[at++] = 0;
	info[at++] = (uint8_t)len;
	info[at++] = (uint8_t)(6 + label_len);
	memcpy(info + at, "tls13 ", 6);
	at += 6;
	memcpy(info + at, label, label_len);
	at += label_len;
	info[at++] = (uint8_t)context.len;
	if (context.len > 0)
		memcpy(info + at, context.at, context.len);
	at += context.len;
	info[at++] = 1; /* the block's number */
	if (!crypto_hmac(secret->crypto, secret->hash, key, (struct bytes){ info, at }, block))
		return false;
	memcpy(ret_out, block, len);
	return true;
}

/* A traffic secret, and the key and the IV out of it (7.3). */
static bool make_side(const struct secret *handshake, const char *label, struct bytes transcript,
	enum crypto_aead aead, struct schedule_side *side)
{
	static const struct bytes nothing = { NULL, 0 };
	struct secret traffic = { .crypto = handshake->crypto, .hash = handshake->hash };
	uint8_t key[sizeof side->key.key];
	size_t hash_len = crypto_hash_len(handshake->hash);

	if (!expand(handshake, label, transcript, traffic.bytes, hash_len) ||
		!expand(&traffic, "key", nothing, key, crypto_key_len(aead)) ||
		!expand(&traffic, "iv", nothing, side->iv, sizeof side->iv))
		return false;
	crypto_key_set(handshake->crypto, &side->key, aead, key);
	side->sequence = 0;
	return true;
}

bool schedule_keys(struct schedule *schedule, struct crypto *crypto, struct bytes shared_secret)
{
	struct secret secret = { .crypto = crypto, .hash = schedule->transcript.hash };
	struct bytes salt = { derived[secret.hash], crypto_hash_len(secret.hash) };
	uint8_t digest[CRYPTO_HASH_BYTES];
	struct bytes transcript = { digest, salt.len };

	/* HKDF-Extract (RFC 5869, 2.2) */
	schedule->keyed = crypto_running_digest(crypto, &schedule->transcript, digest) &&
			  crypto_hmac(crypto, secret.hash, salt, shared_secret, secret.bytes) &&
			  make_side(&secret, "s hs traffic", transcript, schedule->aead,
				  &schedule->server) &&
			  make_side(&secret, "c hs traffic", transcript, schedule->aead,
				  &schedule->client);
	return schedule->keyed;
}

/* RFC 8446, 5.3: the number of the record, onto the end of the IV. */
static void next_nonce(struct schedule_side *side, uint8_t nonce[CRYPTO_NONCE_BYTES])
{
	uint64_t number = side->sequence++;

	memcpy(nonce, side->iv, CRYPTO_NONCE_BYTES);
	for (size_t i = CRYPTO_NONCE_BYTES; number > 0; number >>= 8)
		nonce[--i] ^= (uint8_t)number;
}

bool schedule_open(struct schedule_side *side, struct crypto *crypto, struct bytes record,
	uint8_t *plain, uint8_t *ret_type, struct bytes *ret_content)
{
	struct bytes header = { record.at, HEADER_BYTES };
	struct bytes sealed = { record.at + HEADER_BYTES, record.len - HEADER_BYTES };
	uint8_t nonce[CRYPTO_NONCE_BYTES];

	next_nonce(side, nonce);
	if (!crypto_open(crypto, &side->key, nonce, header, sealed, plain))
		return false;
	size_t len = sealed.len - crypto_tag_len(side->key.aead);
	while (len > 0 && plain[len - 1] == 0)
		len--;
	*ret_type = len > 0 ? plain[len - 1] : 0;
	*ret_content = (struct bytes){ plain, len > 0 ? len - 1 : 0 };
	return true;
}

size_t schedule_seal(struct schedule_side *side, struct crypto *crypto, uint8_t type,
	struct bytes content, uint8_t *ret_record)
{
	size_t sealed_len = content.len + 1 + crypto_tag_len(side->key.aead);
	uint8_t *text = ret_record + HEADER_BYTES, nonce[CRYPTO_NONCE_BYTES];
	const uint8_t header[HEADER_BYTES] = { APPLICATION_DATA, 3, 3, (uint8_t)(sealed_len >> 8),
		(uint8_t)sealed_len };

	memcpy(ret_record, header, sizeof header);
	memcpy(text, content.at, content.len);
	text[content.len] = type;
	next_nonce(side, nonce);
	if (!crypto_seal(crypto, &side->key, nonce, (struct bytes){ ret_record, sizeof header },
		    (struct bytes){ text, content.len + 1 }, text))
		return 0;
	return HEADER_BYTES + sealed_len;
}
