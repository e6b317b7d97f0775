/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/der.h"
#include "checker/limits.h"
#include "checker/revoke/revoke_crl.h"
#include "checker/revoke/revoke_index.h"

#define DER_ENUMERATED 0x0a

/* Room for twice as many certificate issuers as there may be, so that a search ends. */
#define SEATS (2 * LIMIT_LIST_OWNERS)

/* One entry as it stands (5.1.2.6). */
struct raw {
	struct cert_span serial, date, extensions;
};

/* The walk over all entries. */
struct walk {
	struct revoke_crl *crl;
	const char *why;
	unsigned owner; /* 5.3.3: holds until another is named */
	struct {
		uint8_t digest[FINGERPRINT_BYTES];
		unsigned owner;
	} * seats; /* those named before, by the digest of how they were spelt */
};

static bool raw_next(struct der_cursor *entries, struct raw *ret_raw)
{
	struct der_item sequence, serial, date, extensions;

	if (!der_take(entries, DER_SEQUENCE, &sequence))
		return false;
	struct der_cursor inside = der_inside(&sequence);

	if (!der_take(&inside, DER_INTEGER, &serial) ||
		!der_is_integer(serial.content, serial.len) || !der_next(&inside, &date) ||
		(date.tag != DER_UTC_TIME && date.tag != DER_GENERALIZED_TIME))
		return false;
	ret_raw->serial = (struct cert_span){ serial.content, serial.len };
	ret_raw->date = (struct cert_span){ date.whole, der_whole_len(&date) };
	ret_raw->extensions = (struct cert_span){ NULL, 0 };
	if (der_is_done(&inside))
		return true;
	if (!der_take(&inside, DER_SEQUENCE, &extensions) || extensions.len == 0 ||
		!der_is_done(&inside))
		return false;
	ret_raw->extensions = (struct cert_span){ extensions.content, extensions.len };
	return true;
}

/* How many entries there are and how long the longest serial number; false: a damaged one. */
static bool measure(struct cert_span entries, size_t *ret_count, size_t *ret_width)
{
	struct der_cursor cursor = der_cursor(entries.at, entries.len);
	struct raw raw;

	*ret_count = *ret_width = 0;
	while (!der_is_done(&cursor)) {
		if (!raw_next(&cursor, &raw))
			return false;
		if (raw.serial.len > *ret_width)
			*ret_width = raw.serial.len;
		++*ret_count;
	}
	return true;
}

/* --- Whose certificate an entry is about (5.3.3) --- */

static X509_NAME *directory_name(struct cert_span value)
{
	const uint8_t *at = value.at;
	GENERAL_NAMES *names = d2i_GENERAL_NAMES(NULL, &at, (long)value.len);
	X509_NAME *found = NULL;

	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_DIRNAME)
			found = X509_NAME_dup(name->d.directoryName);
	}
	GENERAL_NAMES_free(names);
	return found;
}

static bool add_owner(struct walk *walk, struct cert_span value, size_t seat)
{
	struct revoke_crl *crl = walk->crl;

	walk->why = PHRASE("it names more certificate issuers than are kept");
	if (crl->owners.count == LIMIT_LIST_OWNERS)
		return false;
	walk->why = PHRASE("a certificate issuer in it is damaged");
	X509_NAME *name = directory_name(value);
	if (!name)
		return false;
	if (!vec_reserve(&crl->owners)) {
		X509_NAME_free(name);
		walk->why = NULL;
		return false;
	}
	crl->owners.items[crl->owners.count++] = name;
	walk->seats[seat].owner = walk->owner = (unsigned)crl->owners.count;
	return true;
}

static bool set_owner(struct walk *walk, struct cert_span value)
{
	uint8_t digest[FINGERPRINT_BYTES];

	if (!walk->seats) {
		walk->seats = calloc(SEATS, sizeof *walk->seats);
		walk->why = NULL;
		if (!walk->seats)
			return false;
	}
	fingerprint_of(value.at, value.len, digest);
	size_t seat = ((size_t)digest[0] << 8 | digest[1]) % SEATS;

	while (walk->seats[seat].owner != 0) {
		if (memcmp(walk->seats[seat].digest, digest, sizeof digest) == 0) {
			walk->owner = walk->seats[seat].owner;
			return true;
		}
		seat = (seat + 1) % SEATS;
	}
	memcpy(walk->seats[seat].digest, digest, sizeof digest);
	return add_owner(walk, value, seat);
}

/* --- Entries --- */

static int reason_of(struct cert_span value)
{
	struct der_item number;

	if (!der_only(value.at, value.len, DER_ENUMERATED, &number) || number.len != 1)
		return REVOKE_NO_REASON;
	return number.content[0] < 0x80 ? number.content[0] : REVOKE_NO_REASON;
}

static bool read_extensions(
	struct walk *walk, struct cert_span extensions, struct revoke_entry *entry)
{
	struct der_cursor cursor = der_cursor(extensions.at, extensions.len);
	const ISSUING_DIST_POINT *point = walk->crl->point;
	struct revoke_extension one;

	while (!der_is_done(&cursor)) {
		walk->why = PHRASE("the extensions of an entry are damaged");
		if (!revoke_extension_next(&cursor, &one))
			return false;
		if (one.nid == NID_crl_reason)
			entry->reason = reason_of(one.value);
		else if (one.nid == NID_invalidity_date || one.nid == NID_hold_instruction_code)
			continue;
		else if (one.nid != NID_certificate_issuer)
			walk->crl->entry_unknown_critical |= one.critical;
		else if (!point || point->indirectCRL <= 0)
			walk->crl->entry_unknown_critical = true; /* has no meaning here */
		else if (!set_owner(walk, one.value))
			return false;
	}
	return true;
}

static bool add_entry(struct walk *walk, const struct raw *raw)
{
	struct revoke_entry entry = { .reason = REVOKE_NO_REASON };

	walk->why = PHRASE("the date of an entry is damaged");
	if (!cert_read_time(raw->date, &entry.since))
		return false;
	walk->why = PHRASE("it is of version 1 and has entries with extensions");
	if (raw->extensions.at &&
		(walk->crl->version == 1 || !read_extensions(walk, raw->extensions, &entry)))
		return false;
	entry.owner = walk->owner;
	revoke_index_add(walk->crl->index, raw->serial.at, raw->serial.len, &entry);
	return true;
}

bool revoke_crl_read_entries(struct revoke_crl *crl, struct cert_span entries, const char **ret_why)
{
	struct der_cursor cursor = der_cursor(entries.at, entries.len);
	struct walk walk = { .crl = crl };
	struct raw raw;
	size_t count, width;
	bool good = true;

	*ret_why = PHRASE("an entry of it is damaged");
	if (!measure(entries, &count, &width))
		return false;
	*ret_why = NULL;
	crl->index = revoke_index_new(count, width);
	if (!crl->index)
		return false;
	while (good && !der_is_done(&cursor))
		good = raw_next(&cursor, &raw) && add_entry(&walk, &raw);
	free(walk.seats);
	*ret_why = good ? NULL : walk.why;
	revoke_index_settle(crl->index);
	return good;
}
