/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/text.h"
#include "rules/profile/profile_load.h"

#define SHA256_DIGITS 64
#define SHA1_DIGITS 40

/* RFC 5280, 4.1.2.2: 20 octets; real ones are longer at times. */
#define SERIAL_DIGITS 64

static bool load_days(const struct load *load, size_t number)
{
	const struct written_certificate *from = &load->whole->written->certificates[number];
	struct profile_certificate *to = &load->certificates[number];
	char place[PROFILE_PLACE];
	const struct {
		const char *key, *text;
		bool *has;
		struct instant *day;
	} days[] = {
		{ "not_before", from->not_before, &to->has_not_before, &to->not_before },
		{ "not_after", from->not_after, &to->has_not_after, &to->not_after },
		{ "since", from->since, &to->has_since, &to->since },
		{ "remove_by", from->remove_by, &to->has_remove_by, &to->remove_by },
	};

	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		profile_load_place(place, "certificates[%zu].%s", number, days[i].key);
		if (!profile_load_day(load, place, days[i].text, days[i].has, days[i].day))
			return false;
	}
	if (to->has_not_before && to->has_not_after &&
		to->not_after.seconds <= to->not_before.seconds) {
		profile_load_place(place, "certificates[%zu].not_after", number);
		return profile_yaml_fault(load->yaml, load->err, place,
			"%s is not after not_before, %s", from->not_after, from->not_before);
	}
	return true;
}

static bool load_fingerprints(const struct load *load, size_t number)
{
	struct written_certificate *from = &load->whole->written->certificates[number];
	struct profile_certificate *to = &load->certificates[number];
	char place[PROFILE_PLACE];
	const struct {
		const char *key;
		char *text;
		size_t digits;
	} texts[] = {
		{ "sha256", from->sha256, SHA256_DIGITS },
		{ "sha1", from->sha1, SHA1_DIGITS },
		{ "spki_sha256", from->spki_sha256, SHA256_DIGITS },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		profile_load_place(place, "certificates[%zu].%s", number, texts[i].key);
		if (!profile_load_hex(load, place, texts[i].text, texts[i].digits))
			return false;
	}
	profile_load_place(place, "certificates[%zu].serial", number);
	if (from->serial && (strlen(from->serial) > SERIAL_DIGITS ||
				    from->serial[strspn(from->serial, "0123456789abcdefABCDEF")]))
		return profile_yaml_fault(load->yaml, load->err, place,
			"\"%s\" is no serial number in hex", from->serial);

	to->sha256_text = from->sha256;
	to->sha1 = from->sha1;
	to->serial = from->serial;
	to->has_spki = from->spki_sha256 != NULL;
	return text_to_bytes(from->sha256, to->sha256, sizeof to->sha256) &&
	       (!to->has_spki ||
		       text_to_bytes(from->spki_sha256, to->spki_sha256, sizeof to->spki_sha256));
}

/* One certificate by itself; what it leads to comes when all are known. */
static bool load_certificate(struct load *load, size_t number)
{
	const struct written_certificate *from = &load->whole->written->certificates[number];
	struct profile_certificate *to = &load->certificates[number];
	char place[PROFILE_PLACE];

	profile_load_place(place, "certificates[%zu].id", number);
	if (!profile_load_id(load, place, from->id))
		return false;
	to->id = from->id;
	to->name = from->name;
	to->role = (enum profile_role)from->role;
	to->state = (enum profile_state)from->state;
	to->url = from->url;
	profile_load_place(place, "certificates[%zu].url", number);
	if (!profile_load_url(load, place, from->url))
		return false;
	profile_load_place(place, "certificates[%zu].eku", number);
	return profile_load_texts(load, place, from->eku, from->eku_count, &to->eku) &&
	       load_fingerprints(load, number) && load_days(load, number);
}

/* Identity is the fingerprint, so no two certificates may share one; nor an id. */
static bool check_unique(const struct load *load, size_t number)
{
	const struct profile_certificate *one = &load->certificates[number];
	char place[PROFILE_PLACE];

	for (size_t i = 0; i < number; i++) {
		const struct profile_certificate *other = &load->certificates[i];
		const char *key = NULL;

		if (strcmp(one->id, other->id) == 0)
			key = "id";
		else if (memcmp(one->sha256, other->sha256, sizeof one->sha256) == 0)
			key = "sha256";
		else if (one->sha1 && other->sha1 && strcmp(one->sha1, other->sha1) == 0)
			key = "sha1";
		if (!key)
			continue;
		profile_load_place(place, "certificates[%zu].%s", number, key);
		return profile_yaml_fault(load->yaml, load->err, place,
			"the same as that of certificates[%zu], %s", i, other->id);
	}
	return true;
}

static bool load_links(const struct load *load, size_t number)
{
	const struct written_certificate *from = &load->whole->written->certificates[number];
	struct profile_certificate *to = &load->certificates[number];
	char place[PROFILE_PLACE];

	profile_load_place(place, "certificates[%zu].issuer", number);
	if (to->role == PROFILE_ROLE_ROOT && from->issuer)
		return profile_yaml_fault(load->yaml, load->err, place, "a root has no issuer");
	if (to->role != PROFILE_ROLE_ROOT && !from->issuer)
		return profile_yaml_fault(
			load->yaml, load->err, place, "missing; only a root has none");
	if (!profile_load_one(load, place, from->issuer, &to->issuer))
		return false;

	profile_load_place(place, "certificates[%zu].replaced_by", number);
	if (from->replaced_by && to->state != PROFILE_STATE_RETIRED)
		return profile_yaml_fault(load->yaml, load->err, place,
			"only a certificate with \"state: retired\" is replaced");
	return profile_load_one(load, place, from->replaced_by, &to->replaced_by);
}

static const struct profile_certificate *next_issuer(const struct profile_certificate *one)
{
	return one->issuer;
}

static const struct profile_certificate *next_replacement(const struct profile_certificate *one)
{
	return one->replaced_by;
}

/* Whoever follows the links has to arrive; so no certificate may lead back to itself. */
static bool check_cycle(const struct load *load, size_t number, const char *key,
	const struct profile_certificate *(*next)(const struct profile_certificate *))
{
	const struct profile_certificate *start = &load->certificates[number];
	const struct profile_certificate *one = next(start);
	char place[PROFILE_PLACE];

	for (size_t steps = 0; one && steps < load->whole->profile.certificate_count; steps++) {
		if (one == start) {
			profile_load_place(place, "certificates[%zu].%s", number, key);
			return profile_yaml_fault(load->yaml, load->err, place,
				"leads from %s back to itself", start->id);
		}
		one = next(one);
	}
	return true;
}

bool profile_load_certificates(struct load *load)
{
	struct profile *profile = &load->whole->profile;
	size_t count = load->whole->written->certificates_count;

	load->certificates = profile_load_keep(load, count, sizeof *load->certificates);
	if (!load->certificates)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!load_certificate(load, i) || !check_unique(load, i))
			return false;

	profile->certificates = load->certificates;
	profile->certificate_count = count;
	for (size_t i = 0; i < count; i++)
		if (!load_links(load, i))
			return false;
	for (size_t i = 0; i < count; i++)
		if (!check_cycle(load, i, "issuer", next_issuer) ||
			!check_cycle(load, i, "replaced_by", next_replacement))
			return false;
	return true;
}
