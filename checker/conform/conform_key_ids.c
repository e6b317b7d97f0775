/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/cert/cert_holder.h"
#include "checker/conform/conform_parts.h"

/* GeneralNames with something in it, that can be read. */
static bool are_names(const struct der_item *names)
{
	struct der_item name;

	for (struct der_cursor inside = der_inside(names); !der_is_done(&inside);) {
		if (!der_next(&inside, &name))
			return false;
		if (name.tag == (DER_CONTEXT_CONSTRUCTED | GEN_DIRNAME) &&
			!conform_is_name(name.content, name.len))
			return false;
		if (name.tag == (DER_CONTEXT | GEN_IPADD) && name.len != 4 && name.len != 16)
			return false;
	}
	return names->len > 0;
}

struct authority {
	struct der_item key, issuer, serial;
	bool has_key, has_issuer, has_serial;
};

static bool read_authority(const struct conform_value *value, struct authority *ret_authority)
{
	struct authority authority = { .has_key = false };
	struct der_item sequence;

	if (!der_only(value->at, value->len, DER_SEQUENCE, &sequence))
		return false;
	struct der_cursor inside = der_inside(&sequence);
	authority.has_key = der_take(&inside, DER_CONTEXT | 0, &authority.key);
	authority.has_issuer = der_take(&inside, DER_CONTEXT_CONSTRUCTED | 1, &authority.issuer);
	authority.has_serial = der_take(&inside, DER_CONTEXT | 2, &authority.serial);
	*ret_authority = authority;
	return der_is_done(&inside) && (!authority.has_key || authority.key.len > 0) &&
	       (!authority.has_issuer || are_names(&authority.issuer)) &&
	       (!authority.has_serial ||
		       der_is_integer(authority.serial.content, authority.serial.len));
}

static void compare_own(struct conform_reading *reading, const struct der_item *key)
{
	const struct conform_value *own = conform_value(reading, EXT_KEY_ID);
	struct der_item id;

	if (reading->self && own && der_only(own->at, own->len, DER_OCTET_STRING, &id) &&
		(id.len != key->len || memcmp(id.content, key->content, id.len) != 0))
		conform_add(reading, CONFORM_AKI_OTHER);
}

/* authorityKeyIdentifier (4.2.1.1): in all but what its own key has signed, and with a key. */
static void read_aki(struct conform_reading *reading)
{
	const struct conform_value *value = conform_value(reading, EXT_AUTHORITY_KEY_ID);
	struct authority authority;

	if (!value) {
		if (!cert_is_signed_by(reading->cert, reading->cert))
			conform_add(reading, CONFORM_AKI_MISSING);
		return;
	}
	if (value->critical)
		conform_add(reading, CONFORM_AKI_CRITICAL);
	if (!read_authority(value, &authority)) {
		conform_add(reading, CONFORM_AKI_FORM);
		return;
	}
	if (authority.has_issuer != authority.has_serial)
		conform_add(reading, CONFORM_AKI_HALF);
	if (authority.has_issuer || authority.has_serial)
		conform_add(reading, CONFORM_AKI_ISSUER);
	if (!authority.has_key)
		conform_add(reading, CONFORM_AKI_NO_KEY);
	else
		compare_own(reading, &authority.key);
}

void conform_key_ids(struct conform_reading *reading)
{
	const struct conform_value *own = conform_value(reading, EXT_KEY_ID);
	struct der_item id;

	read_aki(reading);
	if (!own) {
		if (reading->authority)
			conform_add(reading, CONFORM_SKI_MISSING);
		return;
	}
	if (own->critical)
		conform_add(reading, CONFORM_SKI_CRITICAL);
	if (!der_only(own->at, own->len, DER_OCTET_STRING, &id) || id.len == 0)
		conform_add(reading, CONFORM_SKI_FORM);
}
