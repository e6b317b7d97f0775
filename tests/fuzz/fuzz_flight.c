/* SPDX-License-Identifier: MIT */
/*
 * Everything that a server may say to the reader.  The first byte says how: bit 0 the offer, bit 1
 * a name, bit 2 the keys of TLS 1.3, bits 3 to 5 its cipher suite, bit 6 a HelloRetryRequest first.
 *
 * Without keys the rest is what comes from the network, byte for byte.  With them it is a list of
 * records, each a type, a length of two bytes and its content, which are sealed here, because
 * nothing behind the encryption would be reached otherwise; type 0 is a CertificateVerify that is
 * really signed, type 255 bytes that are not sealed.  Randoms and keys are always the same.
 */
#include <assert.h>
#include <string.h>

#include "checker/observation.h"
#include "checker/target/target.h"
#include "checker/tls/crypto.h"
#include "checker/tls/flight.h"
#include "checker/tls/record.h"
#include "tests/forge.h"
#include "tests/fuzz/fuzz.h"
#include "tests/impostor.h"

#define X25519 0x001d
#define P521 0x0019
#define KEY "fixed:flight"
#define TYPE_VERIFY 0
#define TYPE_RAW 255

struct setting {
	struct crypto *crypto;
	struct forge forge;
	struct target target;
};

static struct setting *setting(void)
{
	static struct setting s;

	if (!s.crypto) {
		s.crypto = crypto_new(NULL);
		forge_must(s.crypto != NULL, "algorithms");
		crypto_repeat(s.crypto);
		forge_init(&s.forge, FORGE_KEYS_FAST);
		atomic_init(&s.target.refs, 1);
	}
	return &s;
}

struct outcome_of {
	enum handshake_progress progress;
	enum proof proven;
	size_t certificates;
	char message[160];
};

static void say_hello(
	struct impostor *impostor, struct handshake *reader, unsigned suite, bool again)
{
	struct impostor_hello hello = { .version = OFFER_TLS13, .suite = suite, .group = X25519 };

	if (again) {
		hello.group = P521;
		hello.retry = true;
		impostor_hello(impostor, &hello);
		/* The old offer has no TLS 1.3 to try again. */
		if (impostor_feed(impostor, reader, 0) == HANDSHAKE_MORE)
			impostor_hear(impostor, reader);
		hello.retry = false;
	}
	impostor_hello(impostor, &hello);
	impostor_keys(impostor, hello.group);
}

static void say_sealed(struct impostor *impostor, struct bytes said)
{
	struct bytes content;
	uint32_t type;

	while (bytes_take_number(&said, 1, &type) && bytes_take_vector(&said, 2, &content)) {
		if (type == RECORD_HANDSHAKE)
			forge_must(schedule_add(&impostor->schedule, content), "a transcript");
		if (type == TYPE_VERIFY)
			impostor_verify(impostor, forge_key(&setting()->forge, KEY));
		else if (type == TYPE_RAW)
			impostor_raw(impostor, content.at, content.len);
		else
			impostor_record(impostor, (uint8_t)type, content.at, content.len);
	}
}

static void assert_sane(const struct handshake *reader, const struct observation *seen,
	enum handshake_progress progress)
{
	assert(seen->chain.count <= LIMIT_CHAIN && reader->out.len <= 1u << 17);
	assert(progress != HANDSHAKE_DONE || seen->chain.count > 0);
	assert(seen->proven != PROOF_SHOWN || seen->chain.count > 0);
	assert(!reader->unproven || (progress == HANDSHAKE_DONE && seen->proven == PROOF_UNKNOWN));
	assert(seen->staple.len <= LIMIT_STAPLE_BYTES);
	assert((progress == HANDSHAKE_FAILED) == (reader->failure.message[0] != '\0'));
	for (const char *c = reader->failure.message; *c; c++)
		assert((unsigned char)*c >= ' ' && (unsigned char)*c < 0x7f);
}

static struct outcome_of play(uint8_t how, struct bytes said, size_t step)
{
	static const unsigned suites[] = { 0x1301, 0x1302, 0x1303, 0x1304, 0x1305 };
	struct setting *s = setting();
	CLEANUP(observation_freep) struct observation *seen = observation_new(&s->target);
	enum handshake_offer offer = how & 1 ? HANDSHAKE_OFFER_LEGACY : HANDSHAKE_OFFER_MODERN;
	struct handshake *reader = flight_new(
		s->crypto, offer, how & 2 ? "www.example.hk" : NULL, seen);
	struct impostor impostor;

	forge_must(seen && reader, "a reader");
	impostor_init(&impostor, s->crypto);
	impostor_hear(&impostor, reader);
	if (how & 4) {
		say_hello(&impostor, reader, suites[(how >> 3 & 7u) % ARRAY_LEN(suites)],
			(how & 64) != 0);
		say_sealed(&impostor, said);
	} else {
		impostor_raw(&impostor, said.at, said.len);
	}
	struct outcome_of got = { .progress = impostor_feed(&impostor, reader, step) };

	assert_sane(reader, seen, got.progress);
	got.proven = seen->proven;
	got.certificates = seen->chain.count;
	memcpy(got.message, reader->failure.message, sizeof got.message);
	/* What comes after the end changes nothing. */
	if (got.progress != HANDSHAKE_MORE)
		assert(handshake_feed(reader, (const uint8_t *)"\x16\x03\x03", 3) == got.progress);
	impostor_release(&impostor);
	handshake_free(reader);
	return got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct bytes said = { data + 1, size - 1 };
	struct outcome_of whole = play(data[0], said, 0), parts = play(data[0], said, 7);

	/* How the bytes are cut into reads makes no difference. */
	assert(whole.progress == parts.progress && whole.proven == parts.proven);
	assert(whole.certificates == parts.certificates);
	assert(strcmp(whole.message, parts.message) == 0);
	return 0;
}
