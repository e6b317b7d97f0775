/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include "checker/base/text.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/der.h"
#include "checker/limits.h"

static_assert(sizeof((struct cert_line *)NULL)->text == LIMIT_NAME_BYTES, "one name");
static_assert(CERT_GENERAL_TEXT == LIMIT_NAME_BYTES / 4, "one value");

#define VALUE_BYTES (LIMIT_NAME_BYTES / 4)
#define NAME_BYTES 65536 /* OpenSSL reads a megabyte; what is so large may take its way */
#define ENTRIES_USUAL 24

/* One AttributeTypeAndValue (RFC 5280, 4.1.2.4). */
struct entry {
	struct der_item type, value;
	unsigned set; /* which RDN it is in */
};

struct entries {
	struct entry usual[ENTRIES_USUAL];
	struct entry *items; /* `usual`, or the heap */
	size_t count;
	bool multi; /* some RDN has several */
};

/* --- Lines --- */

static void line_add(struct cert_line *line, const char *text, size_t len)
{
	if (line->full || len > LIMIT_NAME_BYTES - 1 - line->len) {
		line->full = true;
		return;
	}
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

void cert_line_add(struct cert_line *line, const char *text, size_t len)
{
	line_add(line, text, len);
}

/* RFC 4514, 2.4: characters that mean something at the beginning or the end only. */
static bool is_edge(const char *value, size_t at, size_t len)
{
	return (at == 0 && (value[at] == ' ' || value[at] == '#')) ||
	       (at + 1 == len && value[at] == ' ');
}

void cert_line_add_escaped(struct cert_line *line, const char *value)
{
	static const char meaning[] = ",+\"\\<>;";
	size_t len = strlen(value);

	for (size_t i = 0; i < len;) {
		bool code = value[i] == '\\' && (value[i + 1] == 'u' || value[i + 1] == 'x');
		if (is_edge(value, i, len) || (strchr(meaning, value[i]) && !code))
			line_add(line, "\\", 1);
		/* What follows up to the next one that may need it, the last one aside. */
		size_t run = 1 + strcspn(value + i + 1, meaning);
		if (i + run == len && run > 1)
			run--;
		line_add(line, value + i, run);
		i += run;
	}
}

void cert_line_cut(struct cert_line *line, size_t before)
{
	line->full = false;
	line->len = before < LIMIT_NAME_BYTES - 8 ? before : LIMIT_NAME_BYTES - 8;
	line_add(line, ",...", 4);
}

/* --- Reading --- */

/* Where every byte is a character and stands for itself in UTF-8. */
static bool is_ascii(const struct der_item *value)
{
	for (size_t i = 0; i < value->len; i++)
		if (value->content[i] >= 0x80)
			return false;
	return true;
}

static bool is_utf8(const struct der_item *value)
{
	for (size_t i = 0; i < value->len;) {
		uint32_t point;
		size_t bytes = text_utf8_next(
			(const char *)value->content + i, value->len - i, &point);
		if (bytes == 0)
			return false;
		i += bytes;
	}
	return true;
}

/* UCS-2 (RFC 5280, 8.3); a surrogate is no character there. */
static bool is_bmp(const struct der_item *value)
{
	for (size_t i = 0; i + 1 < value->len; i += 2)
		if ((value->content[i] & 0xf8) == 0xd8)
			return false;
	return value->len % 2 == 0;
}

/* A name with text that does not fit its type is none for OpenSSL, which compares it. */
static bool is_ordinary_value(const struct der_item *value)
{
	switch (value->tag) {
	case DER_UTF8_STRING:
		return is_utf8(value);
	case DER_BMP_STRING:
		return is_bmp(value);
	default:
		return value->tag == DER_PRINTABLE_STRING || value->tag == DER_IA5_STRING ||
		       value->tag == DER_T61_STRING || value->tag == DER_NUMERIC_STRING;
	}
}

static bool take_entry(struct der_cursor *rdn, struct entry *ret_entry)
{
	struct der_item pair;

	if (!der_take(rdn, DER_SEQUENCE, &pair))
		return false;
	struct der_cursor inside = der_inside(&pair);
	return der_take(&inside, DER_OID, &ret_entry->type) &&
	       der_is_oid(ret_entry->type.content, ret_entry->type.len) &&
	       der_next(&inside, &ret_entry->value) && der_is_done(&inside) &&
	       is_ordinary_value(&ret_entry->value);
}

/* Walks over a name and counts; fills ITEMS, which may be NULL, up to ROOM. */
static bool walk(const uint8_t *name, size_t len, struct entries *entries, size_t room)
{
	struct der_item whole, set;

	if (len > NAME_BYTES || !der_only(name, len, DER_SEQUENCE, &whole))
		return false;
	entries->count = 0;
	entries->multi = false;
	struct der_cursor rdns = der_inside(&whole);
	for (unsigned number = 0; !der_is_done(&rdns); number++) {
		size_t before = entries->count;

		if (!der_take(&rdns, DER_SET, &set))
			return false;
		struct der_cursor rdn = der_inside(&set);
		do {
			struct entry entry = { .set = number };
			if (!take_entry(&rdn, &entry))
				return false;
			if (entries->count < room)
				entries->items[entries->count] = entry;
			entries->count++;
		} while (!der_is_done(&rdn));
		entries->multi |= entries->count > before + 1;
	}
	return true;
}

static enum cert_reading entries_read(struct cert_span name, struct entries *entries)
{
	entries->items = entries->usual;
	if (!walk(name.at, name.len, entries, ENTRIES_USUAL))
		return CERT_NOT_ORDINARY;
	if (entries->count <= ENTRIES_USUAL)
		return CERT_READ;
	size_t room = entries->count;
	entries->items = calloc(room, sizeof *entries->items);
	if (!entries->items)
		return CERT_NO_MEMORY;
	return walk(name.at, name.len, entries, room) ? CERT_READ : CERT_NOT_ORDINARY;
}

static void entries_release(struct entries *entries)
{
	if (entries->items != entries->usual)
		free(entries->items);
}

bool cert_name_is_ordinary(const uint8_t *name, size_t len)
{
	struct entries entries = { .items = NULL };

	return walk(name, len, &entries, 0);
}

/* --- Text --- */

/* The common ones; OpenSSL knows the rest. */
static const struct {
	uint8_t oid[10];
	uint8_t len;
	const char *name;
} objects[] = {
	{ { 0x55, 0x04, 0x03 }, 3, "CN" },
	{ { 0x55, 0x04, 0x0a }, 3, "O" },
	{ { 0x55, 0x04, 0x06 }, 3, "C" },
	{ { 0x55, 0x04, 0x0b }, 3, "OU" },
	{ { 0x55, 0x04, 0x07 }, 3, "L" },
	{ { 0x55, 0x04, 0x08 }, 3, "ST" },
	{ { 0x55, 0x04, 0x05 }, 3, "serialNumber" },
	{ { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01 }, 8, "serverAuth" },
	{ { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02 }, 8, "clientAuth" },
};

void cert_object_name(const struct der_item *oid, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
		size_t room = strlen(objects[i].name) + 1;
		if (objects[i].len == oid->len && room <= size &&
			memcmp(objects[i].oid, oid->content, oid->len) == 0) {
			memcpy(out, objects[i].name, room);
			return;
		}
	}
	const unsigned char *at = oid->whole;
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &at, (long)der_whole_len(oid));
	int nid = object ? OBJ_obj2nid(object) : NID_undef;
	if (nid != NID_undef)
		(void)snprintf(out, size, "%s", OBJ_nid2sn(nid));
	else if (!object || OBJ_obj2txt(out, (int)size, object, 1) <= 0)
		out[0] = '\0';
	ASN1_OBJECT_free(object);
}

/* The UTF-8 of a value: its own bytes, or OpenSSL's translation, which is the caller's. */
static const unsigned char *value_utf8(
	const struct der_item *value, size_t *ret_len, unsigned char **ret_owned)
{
	*ret_owned = NULL;
	*ret_len = value->len;
	if (value->tag == DER_UTF8_STRING || (value->tag != DER_BMP_STRING && is_ascii(value)))
		return value->content;
	ASN1_STRING *string = ASN1_STRING_type_new((int)value->tag);
	int len = -1;
	if (string && ASN1_STRING_set(string, value->content, (int)value->len))
		len = ASN1_STRING_to_UTF8(ret_owned, string);
	ASN1_STRING_free(string);
	if (len < 0)
		return NULL;
	*ret_len = (size_t)len;
	return *ret_owned;
}

/* False when memory runs out. */
static bool value_text(const struct der_item *value, char out[static VALUE_BYTES])
{
	unsigned char *owned;
	size_t len;
	const unsigned char *utf8 = value_utf8(value, &len, &owned);

	if (utf8)
		text_printable((const char *)utf8, len, out, VALUE_BYTES);
	OPENSSL_free(owned);
	return utf8 != NULL;
}

static bool add_entry(struct cert_line *line, const struct entry *entry)
{
	char type[80], value[VALUE_BYTES];

	cert_object_name(&entry->type, type, sizeof type);
	cert_line_add(line, type, strlen(type));
	cert_line_add(line, "=", 1);
	if (!value_text(&entry->value, value))
		return false;
	cert_line_add_escaped(line, value);
	return true;
}

static char *name_text(struct arena *arena, const struct entries *entries)
{
	struct cert_line line;

	line.len = 0;
	line.full = false;
	for (size_t i = entries->count; i-- > 0;) {
		const struct entry *entry = &entries->items[i];
		size_t before = line.len;

		if (before > 0)
			cert_line_add(&line, entry[1].set == entry->set ? "+" : ",", 1);
		if (!add_entry(&line, entry))
			return NULL;
		if (line.full) { /* too long: what fitted, and a sign of it */
			cert_line_cut(&line, before);
			break;
		}
	}
	return arena_text(arena, line.text, line.len);
}

static char *name_common(struct arena *arena, const struct entries *entries)
{
	char value[VALUE_BYTES] = "";

	for (size_t i = 0; i < entries->count; i++) {
		const struct der_item *type = &entries->items[i].type;
		if (type->len != objects[0].len ||
			memcmp(type->content, objects[0].oid, type->len) != 0)
			continue;
		if (!value_text(&entries->items[i].value, value))
			return NULL;
		break;
	}
	return arena_text(arena, value, strlen(value));
}

/* --- Comparing --- */

struct canon {
	uint8_t bytes[LIMIT_NAME_BYTES];
	size_t len;
	bool full;
};

static void canon_add(struct canon *canon, const uint8_t *bytes, size_t len)
{
	if (canon->full || len > sizeof canon->bytes - canon->len) {
		canon->full = true;
		return;
	}
	memcpy(canon->bytes + canon->len, bytes, len);
	canon->len += len;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * As OpenSSL compares strings of the types that are text: the same characters, of whatever type,
 * capitals aside, no space at either end and one where there are several.
 */
static size_t fold(const uint8_t *from, size_t len, uint8_t *out)
{
	size_t used = 0;

	while (len > 0 && is_space(*from)) {
		from++;
		len--;
	}
	while (len > 0 && is_space(from[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = from[i];
		if (is_space(c)) {
			while (is_space(from[i + 1]))
				i++;
			c = ' ';
		}
		out[used++] = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
	}
	return used;
}

static void canon_add_value(struct canon *canon, const struct der_item *value)
{
	uint8_t folded[VALUE_BYTES];
	unsigned char *owned;
	size_t len;
	const unsigned char *utf8 = value_utf8(value, &len, &owned);

	/* A NumericString is compared as it is. */
	bool text = value->tag != DER_NUMERIC_STRING;
	if (!utf8 || len > sizeof folded) {
		canon->full = true;
	} else {
		if (text)
			len = fold(utf8, len, folded);
		uint8_t head[3] = { text ? DER_UTF8_STRING : DER_NUMERIC_STRING,
			(uint8_t)(len >> 8), (uint8_t)len };
		canon_add(canon, head, sizeof head);
		canon_add(canon, text ? folded : utf8, len);
	}
	OPENSSL_free(owned);
}

/* Absent where several values stand in no order, or where it would be too long. */
static bool name_canon(
	struct arena *arena, const struct entries *entries, struct cert_span *ret_canon)
{
	struct canon canon;

	canon.len = 0;
	canon.full = entries->multi;
	for (size_t i = 0; i < entries->count && !canon.full; i++) {
		const struct entry *entry = &entries->items[i];
		canon_add(&canon, entry->type.whole, der_whole_len(&entry->type));
		canon_add_value(&canon, &entry->value);
	}
	*ret_canon = (struct cert_span){ NULL, 0 };
	if (canon.full)
		return true;
	ret_canon->len = canon.len;
	ret_canon->at = (uint8_t *)arena_text(arena, (const char *)canon.bytes, canon.len);
	return ret_canon->at != NULL;
}

enum cert_reading cert_read_name(
	struct arena *arena, struct cert_span name, struct cert_name *ret_name)
{
	struct entries entries;
	enum cert_reading reading = entries_read(name, &entries);

	if (reading == CERT_READ) {
		ret_name->text = name_text(arena, &entries);
		ret_name->common = name_common(arena, &entries);
		if (!ret_name->text || !ret_name->common ||
			!name_canon(arena, &entries, &ret_name->canon))
			reading = CERT_NO_MEMORY;
	}
	entries_release(&entries);
	return reading;
}

/* --- General names --- */

enum cert_san_kind cert_general_text(
	int number, const uint8_t *bytes, size_t len, char out[static CERT_GENERAL_TEXT])
{
	char address[INET6_ADDRSTRLEN];

	out[0] = '\0';
	if (number == GEN_DNS) {
		text_printable((const char *)bytes, len, out, CERT_GENERAL_TEXT);
		return CERT_SAN_DNS;
	}
	if (number == GEN_IPADD) {
		int family = len == 4 ? AF_INET : len == 16 ? AF_INET6 : AF_UNSPEC;
		if (family != AF_UNSPEC && inet_ntop(family, bytes, address, sizeof address))
			text_printable(address, strlen(address), out, CERT_GENERAL_TEXT);
		return CERT_SAN_ADDRESS;
	}
	if (number == GEN_EMAIL || number == GEN_URI) {
		const char *prefix = number == GEN_EMAIL ? "email:" : "URI:";
		size_t room = strlen(prefix);
		memcpy(out, prefix, room + 1);
		text_printable((const char *)bytes, len, out + room, CERT_GENERAL_TEXT - room);
	}
	return CERT_SAN_OTHER;
}
