/* SPDX-License-Identifier: MIT */
#include "tests/oracle/scenario.h"

#include <string.h>

#include <openssl/ssl.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"

uint64_t scenario_random(uint64_t *random, uint64_t below)
{
	/* Steele, Lea and Flood's SplitMix64. */
	uint64_t z = *random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (z ^ z >> 31) % below;
}

static const struct {
	const char *name;
	enum key_family family;
	unsigned weight;
} keys[KEY_COUNT] = {
	[KEY_RSA_1024] = { "RSA 1024", FAMILY_RSA, 4 },
	[KEY_RSA_2048] = { "RSA 2048", FAMILY_RSA, 30 },
	[KEY_RSA_3072] = { "RSA 3072", FAMILY_RSA, 3 },
	[KEY_RSA_4096] = { "RSA 4096", FAMILY_RSA, 2 },
	[KEY_RSA_PSS] = { "RSA-PSS 2048", FAMILY_RSA_PSS, 5 },
	[KEY_RSA_PSS_SHA256] = { "RSA-PSS 2048 SHA-256", FAMILY_RSA_PSS, 3 },
	[KEY_P256] = { "P-256", FAMILY_EC, 22 },
	[KEY_P384] = { "P-384", FAMILY_EC, 8 },
	[KEY_P521] = { "P-521", FAMILY_EC, 4 },
	[KEY_SECP256K1] = { "secp256k1", FAMILY_EC, 2 },
	[KEY_BRAINPOOL_256] = { "brainpoolP256r1", FAMILY_EC, 2 },
	[KEY_BRAINPOOL_384] = { "brainpoolP384r1", FAMILY_EC, 1 },
	[KEY_BRAINPOOL_512] = { "brainpoolP512r1", FAMILY_EC, 1 },
	[KEY_ED25519] = { "Ed25519", FAMILY_EDWARDS, 5 },
	[KEY_ED448] = { "Ed448", FAMILY_EDWARDS, 3 },
	[KEY_DSA_1024] = { "DSA 1024", FAMILY_DSA, 2 },
	[KEY_DSA_2048] = { "DSA 2048", FAMILY_DSA, 2 },
};

const char *key_name(enum key key)
{
	return key < KEY_COUNT ? keys[key].name : "no key";
}

enum key_family key_family(enum key key)
{
	return keys[key].family;
}

/* By the key that they are for; K: RSA without a signature; X: whichever. */
static const struct {
	const char *name;
	char key;
} suites[] = {
	{ "ECDHE-ECDSA-AES128-GCM-SHA256", 'E' },
	{ "ECDHE-ECDSA-AES256-GCM-SHA384", 'E' },
	{ "ECDHE-ECDSA-CHACHA20-POLY1305", 'E' },
	{ "ECDHE-ECDSA-AES128-SHA256", 'E' },
	{ "ECDHE-ECDSA-AES256-SHA384", 'E' },
	{ "ECDHE-ECDSA-AES128-SHA", 'E' },
	{ "ECDHE-ECDSA-AES256-SHA", 'E' },
	{ "ECDHE-ECDSA-AES128-CCM", 'E' },
	{ "ECDHE-ECDSA-AES256-CCM8", 'E' },
	{ "ECDHE-ECDSA-ARIA128-GCM-SHA256", 'E' },
	{ "ECDHE-ECDSA-CAMELLIA256-SHA384", 'E' },
	{ "ECDHE-RSA-AES128-GCM-SHA256", 'R' },
	{ "ECDHE-RSA-AES256-GCM-SHA384", 'R' },
	{ "ECDHE-RSA-CHACHA20-POLY1305", 'R' },
	{ "ECDHE-RSA-AES128-SHA256", 'R' },
	{ "ECDHE-RSA-AES256-SHA384", 'R' },
	{ "ECDHE-RSA-AES128-SHA", 'R' },
	{ "ECDHE-RSA-AES256-SHA", 'R' },
	{ "ECDHE-ARIA256-GCM-SHA384", 'R' },
	{ "ECDHE-RSA-CAMELLIA128-SHA256", 'R' },
	{ "DHE-RSA-AES128-GCM-SHA256", 'R' },
	{ "DHE-RSA-AES256-GCM-SHA384", 'R' },
	{ "DHE-RSA-CHACHA20-POLY1305", 'R' },
	{ "DHE-RSA-AES128-SHA256", 'R' },
	{ "DHE-RSA-AES256-SHA256", 'R' },
	{ "DHE-RSA-AES128-SHA", 'R' },
	{ "DHE-RSA-AES256-SHA", 'R' },
	{ "DHE-RSA-AES128-CCM", 'R' },
	{ "DHE-RSA-AES256-CCM8", 'R' },
	{ "DHE-RSA-ARIA128-GCM-SHA256", 'R' },
	{ "DHE-RSA-CAMELLIA256-SHA256", 'R' },
	{ "DHE-RSA-CAMELLIA128-SHA", 'R' },
	{ "DHE-RSA-SEED-SHA", 'R' },
	{ "AES128-GCM-SHA256", 'K' },
	{ "AES256-GCM-SHA384", 'K' },
	{ "AES128-SHA256", 'K' },
	{ "AES256-SHA256", 'K' },
	{ "AES128-SHA", 'K' },
	{ "AES256-SHA", 'K' },
	{ "AES128-CCM", 'K' },
	{ "AES256-CCM8", 'K' },
	{ "ARIA128-GCM-SHA256", 'K' },
	{ "CAMELLIA128-SHA256", 'K' },
	{ "CAMELLIA256-SHA", 'K' },
	{ "SEED-SHA", 'K' },
	{ "DHE-DSS-AES128-GCM-SHA256", 'D' },
	{ "DHE-DSS-AES256-SHA256", 'D' },
	{ "DHE-DSS-AES128-SHA", 'D' },
	{ "DHE-DSS-CAMELLIA128-SHA", 'D' },
	{ "DHE-DSS-SEED-SHA", 'D' },
	{ "ADH-AES128-SHA", 'X' },
	{ "AECDH-AES256-SHA", 'X' },
	{ "NULL-SHA256", 'X' },
	{ "ECDHE-RSA-NULL-SHA", 'X' },
};

static const char *const suites13[] = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
	"TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256" };

static const char *const groups[] = { "X25519", "P-256", "P-384", "P-521", "X448", "ffdhe2048",
	"ffdhe3072", "ffdhe4096", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1",
	"secp256k1", "P-224", "P-192", "ffdhe6144", "ffdhe8192" };

/* Schemes by the key that they are for (RFC 8446, 4.2.3; RFC 5246, 7.4.1.4.1). */
static const struct {
	const char *name;
	enum key_family family;
} schemes[] = {
	{ "rsa_pss_rsae_sha256", FAMILY_RSA },
	{ "rsa_pss_rsae_sha384", FAMILY_RSA },
	{ "rsa_pss_rsae_sha512", FAMILY_RSA },
	{ "RSA+SHA256", FAMILY_RSA },
	{ "RSA+SHA384", FAMILY_RSA },
	{ "RSA+SHA512", FAMILY_RSA },
	{ "RSA+SHA224", FAMILY_RSA },
	{ "RSA+SHA1", FAMILY_RSA },
	{ "rsa_pss_pss_sha256", FAMILY_RSA_PSS },
	{ "rsa_pss_pss_sha384", FAMILY_RSA_PSS },
	{ "rsa_pss_pss_sha512", FAMILY_RSA_PSS },
	{ "ECDSA+SHA256", FAMILY_EC },
	{ "ECDSA+SHA384", FAMILY_EC },
	{ "ECDSA+SHA512", FAMILY_EC },
	{ "ECDSA+SHA224", FAMILY_EC },
	{ "ECDSA+SHA1", FAMILY_EC },
	{ "ed25519", FAMILY_EDWARDS },
	{ "ed448", FAMILY_EDWARDS },
	{ "DSA+SHA256", FAMILY_DSA },
	{ "DSA+SHA224", FAMILY_DSA },
	{ "DSA+SHA1", FAMILY_DSA },
};

static uint64_t draw(struct scenario *scenario, uint64_t below)
{
	return scenario_random(&scenario->random, below);
}

/* True PERCENT times out of a hundred. */
static bool chance(struct scenario *scenario, unsigned percent)
{
	return draw(scenario, 100) < percent;
}

static void draw_versions(struct scenario *scenario)
{
	static const struct {
		int oldest, newest;
		unsigned weight;
	} ranges[] = {
		{ TLS1_2_VERSION, TLS1_3_VERSION, 20 },
		{ TLS1_VERSION, TLS1_3_VERSION, 10 },
		{ TLS1_3_VERSION, TLS1_3_VERSION, 30 },
		{ TLS1_2_VERSION, TLS1_2_VERSION, 22 },
		{ TLS1_VERSION, TLS1_2_VERSION, 6 },
		{ TLS1_1_VERSION, TLS1_1_VERSION, 5 },
		{ TLS1_VERSION, TLS1_1_VERSION, 2 },
		{ TLS1_VERSION, TLS1_VERSION, 5 },
	};
	uint64_t at = draw(scenario, 100);
	size_t i = 0;

	while (at >= ranges[i].weight)
		at -= ranges[i++].weight;
	scenario->oldest = ranges[i].oldest;
	scenario->newest = ranges[i].newest;
}

static enum key draw_key(struct scenario *scenario)
{
	unsigned all = 0;
	enum key key = 0;

	for (enum key i = 0; i < KEY_COUNT; i++)
		all += keys[i].weight;
	for (uint64_t at = draw(scenario, all); at >= keys[key].weight; key++)
		at -= keys[key].weight;
	return key;
}

/* RFC 8446, 4.2.3: which keys sign in TLS 1.3; RFC 8422, 5.10 and RFC 4055: in 1.2 and later. */
static bool serves_key(const struct scenario *scenario)
{
	bool modern = scenario->key == KEY_RSA_PSS || scenario->key == KEY_RSA_PSS_SHA256 ||
		      key_family(scenario->key) == FAMILY_EDWARDS;
	bool old = key_family(scenario->key) == FAMILY_DSA ||
		   (scenario->key >= KEY_SECP256K1 && scenario->key <= KEY_BRAINPOOL_512);

	return !(modern && scenario->newest < TLS1_2_VERSION) &&
	       !(old && scenario->oldest == TLS1_3_VERSION);
}

static void add(const char *words[SCENARIO_WORDS], const char *word)
{
	for (size_t i = 0; i + 1 < SCENARIO_WORDS; i++) {
		if (words[i] && strcmp(words[i], word) == 0)
			return;
		if (!words[i]) {
			words[i] = word;
			return;
		}
	}
}

/* Versions before TLS 1.2 have the suites that say nothing of a newer hash. */
static bool serves_version(const char *suite, int newest)
{
	size_t len = strlen(suite);

	return newest >= TLS1_2_VERSION || strcmp(suite + len - 4, "-SHA") == 0;
}

static void draw_suites(struct scenario *scenario)
{
	static const char letters[] = { [FAMILY_RSA] = 'R',
		[FAMILY_RSA_PSS] = 'R',
		[FAMILY_EC] = 'E',
		[FAMILY_EDWARDS] = 'E',
		[FAMILY_DSA] = 'D' };
	char letter = letters[key_family(scenario->key)];

	if (scenario->key < KEY_RSA_PSS && chance(scenario, 20))
		letter = 'K';

	if (chance(scenario, 45))
		for (uint64_t n = 1 + draw(scenario, 3); n > 0; n--)
			add(scenario->suites13, suites13[draw(scenario, ARRAY_LEN(suites13))]);
	if (chance(scenario, 35))
		return;
	for (uint64_t n = 1 + draw(scenario, 5); n > 0; n--) {
		size_t i = draw(scenario, ARRAY_LEN(suites));

		/* Seven times out of eight one that fits the key. */
		if (draw(scenario, 8) > 0)
			while (suites[i].key != letter ||
				!serves_version(suites[i].name, scenario->newest))
				i = (i + 1) % ARRAY_LEN(suites);
		add(scenario->suites, suites[i].name);
	}
}

static void draw_algorithms(struct scenario *scenario)
{
	/* The last groups take a second each in a slow build. */
	size_t usual = ARRAY_LEN(groups) - 2;

	draw_suites(scenario);
	scenario->server_prefers = chance(scenario, 50);
	if (chance(scenario, 60))
		for (uint64_t n = 1 + draw(scenario, 3); n > 0; n--)
			add(scenario->groups,
				groups[draw(scenario, draw(scenario, 20) ? usual : usual + 2)]);
	if (chance(scenario, 35)) {
		enum key_family family = key_family(scenario->key);

		for (uint64_t n = 1 + draw(scenario, 3); n > 0; n--) {
			size_t i = draw(scenario, ARRAY_LEN(schemes));

			if (draw(scenario, 8) > 0)
				while (schemes[i].family != family)
					i = (i + 1) % ARRAY_LEN(schemes);
			add(scenario->schemes, schemes[i].name);
		}
	}
	static const int dh[] = { 0, 0, 0, 1024, 1024, 2048, 3072, -1 };
	scenario->dh = dh[draw(scenario, ARRAY_LEN(dh))];
}

static void draw_stones(struct scenario *scenario)
{
	static const enum stone usual[] = { STONE_SMALL, STONE_SMALL, STONE_USUAL, STONE_USUAL,
		STONE_USUAL, STONE_LARGE };
	size_t most = draw(scenario, 4) ? 3 : SCENARIO_STONES;

	scenario->stone_count = draw(scenario, most);
	for (size_t i = 0; i < scenario->stone_count; i++)
		scenario->stones[i] = usual[draw(scenario, ARRAY_LEN(usual))];
	if (scenario->stone_count == 0)
		return;
	if (chance(scenario, 3))
		for (uint64_t n = 1 + draw(scenario, 2); n > 0; n--)
			scenario->stones[draw(scenario, scenario->stone_count)] = STONE_HUGE;
	if (chance(scenario, 4))
		scenario->stones[draw(scenario, scenario->stone_count)] = STONE_BROKEN;
}

static void draw_extras(struct scenario *scenario)
{
	static const size_t staples[] = { 1, 10, 471, 2000, 16000, 65536, 65537, 70000 };

	if (chance(scenario, 15))
		scenario->asking = ASKS_MAYBE;
	else if (chance(scenario, 15))
		scenario->asking = ASKS_MUST;
	if (scenario->asking && chance(scenario, 50))
		scenario->asking_names = 1 + draw(scenario, draw(scenario, 5) ? 5 : 300);
	if (chance(scenario, 25))
		scenario->staple_len =
			staples[draw(scenario, draw(scenario, 5) ? 4 : ARRAY_LEN(staples))];
	scenario->tickets = chance(scenario, 60);
	scenario->with_name = chance(scenario, 80);
	if (chance(scenario, 40))
		scenario->name = (enum name_policy)(1 + draw(scenario, NAME_POLICIES - 1));
	scenario->compat = chance(scenario, 70);
	scenario->cookie = scenario->oldest == TLS1_3_VERSION && chance(scenario, 10);
	scenario->no_encrypt_then_mac = chance(scenario, 20);
	scenario->no_extended_secret = chance(scenario, 20);
}

static void draw_bytes(struct scenario *scenario)
{
	static const size_t paddings[] = { 16, 100, 512, 4096, 16384 };

	if (chance(scenario, 20))
		scenario->fragment = 512 + draw(scenario, draw(scenario, 2) ? 512 : 15800);
	if (chance(scenario, 20))
		scenario->piece = 1 + draw(scenario, draw(scenario, 2) ? 8 : 1000);
	if (chance(scenario, 15))
		scenario->padding = paddings[draw(scenario, ARRAY_LEN(paddings))];
	scenario->reads = (enum reads)draw(scenario, READS_COUNT);
	if (chance(scenario, 6))
		scenario->ends_after = 1 + draw(scenario, draw(scenario, 2) ? 1500 : 8000);
	if (scenario->ends_after == 0 && chance(scenario, 8)) {
		scenario->changed_at = 1 + draw(scenario, draw(scenario, 2) ? 200 : 4000);
		scenario->changed_by = (uint8_t)(1u << draw(scenario, 8));
	}
}

void scenario_draw(struct scenario *scenario, unsigned number)
{
	*scenario = (struct scenario){ .number = number, .random = number, .second_key = KEY_NONE };
	draw_versions(scenario);
	/* A key that its versions have no use for is the exception. */
	do {
		scenario->key = draw_key(scenario);
	} while (!serves_key(scenario) && chance(scenario, 90));
	if (chance(scenario, 15)) {
		enum key second = draw_key(scenario);

		if (key_family(second) != key_family(scenario->key))
			scenario->second_key = second;
	}
	if (chance(scenario, 3))
		scenario->flaw = FLAW_OTHER_KEY;
	else if (chance(scenario, 2))
		scenario->flaw = FLAW_MALFORMED;
	draw_algorithms(scenario);
	draw_stones(scenario);
	draw_extras(scenario);
	draw_bytes(scenario);
}

static void add_words(struct buf *text, const char *what, const char *const words[SCENARIO_WORDS])
{
	if (!words[0])
		return;
	(void)buf_addf(text, "; %s", what);
	for (size_t i = 0; words[i]; i++)
		(void)buf_addf(text, "%c%s", i ? ':' : ' ', words[i]);
}

void scenario_describe(const struct scenario *s, char *out, size_t size)
{
	static const char *const names[] = { "ignored", "known", "refused", "warned", "switches" };
	static const char *const flaws[] = { "", "; the leaf has another key",
		"; the leaf is malformed" };
	static const char *const asks[] = { "", "; may ask for a certificate",
		"; wants a certificate" };
	static const char *const reads[] = { "whole", "single bytes", "a few bytes", "mixed" };
	struct buf text = BUF_INIT(4096);

	(void)buf_addf(&text, "versions %04x to %04x; key %s", (unsigned)s->oldest,
		(unsigned)s->newest, key_name(s->key));
	if (s->second_key != KEY_NONE)
		(void)buf_addf(&text, " and %s", key_name(s->second_key));
	(void)buf_addf(&text, "%s; certificates 1", flaws[s->flaw]);
	for (size_t i = 0; i < s->stone_count; i++)
		(void)buf_addf(&text, "%c", "sulhB"[s->stones[i]]);
	add_words(&text, "1.3", s->suites13);
	add_words(&text, "suites", s->suites);
	add_words(&text, "groups", s->groups);
	add_words(&text, "schemes", s->schemes);
	(void)buf_addf(&text, "; server prefers %d; dh %d%s, %zu names", s->server_prefers, s->dh,
		asks[s->asking], s->asking_names);
	(void)buf_addf(&text, "; staple %zu; tickets %d; name %s %s; compat %d; cookie %d",
		s->staple_len, s->tickets, s->with_name ? "sent," : "not sent,", names[s->name],
		s->compat, s->cookie);
	(void)buf_addf(&text,
		"; no etm %d; no ems %d; fragment %zu; piece %zu; padding %zu; reads %s",
		s->no_encrypt_then_mac, s->no_extended_secret, s->fragment, s->piece, s->padding,
		reads[s->reads]);
	if (s->ends_after > 0)
		(void)buf_addf(&text, "; ends after %zu", s->ends_after);
	if (s->changed_at > 0)
		(void)buf_addf(&text, "; byte %zu changed by %02x", s->changed_at, s->changed_by);
	(void)snprintf(out, size, "%s", buf_text(&text));
	buf_release(&text);
}
