/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/text.h"
#include "checker/cert/cert_holder.h"
#include "checker/limits.h"

/* Whatever string type it is (RFC 5280, 4.1.2.4), as printable UTF-8. */
static void value_text(const ASN1_STRING *value, char *out, size_t size)
{
	unsigned char *utf8 = NULL;
	int len = ASN1_STRING_to_UTF8(&utf8, value);

	if (len >= 0) {
		text_printable((const char *)utf8, (size_t)len, out, size);
		OPENSSL_free(utf8);
		return;
	}
	text_printable((const char *)ASN1_STRING_get0_data(value),
		(size_t)ASN1_STRING_length(value), out, size);
}

static void add_entry(struct cert_line *line, const X509_NAME_ENTRY *entry)
{
	char type[80], value[LIMIT_NAME_BYTES / 4];
	const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object(entry);
	int nid = OBJ_obj2nid(object);

	if (nid != NID_undef)
		cert_line_add(line, OBJ_nid2sn(nid), strlen(OBJ_nid2sn(nid)));
	else if (OBJ_obj2txt(type, (int)sizeof type, object, 1) > 0)
		cert_line_add(line, type, strlen(type));
	cert_line_add(line, "=", 1);
	value_text(X509_NAME_ENTRY_get_data(entry), value, sizeof value);
	cert_line_add_escaped(line, value);
}

char *cert_openssl_name(struct arena *arena, const X509_NAME *name)
{
	struct cert_line line;
	int set = -1;

	line.len = 0;
	line.full = false;
	for (int i = X509_NAME_entry_count(name) - 1; i >= 0; i--) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		size_t before = line.len;

		if (before > 0)
			cert_line_add(&line, X509_NAME_ENTRY_set(entry) == set ? "+" : ",", 1);
		set = X509_NAME_ENTRY_set(entry);
		add_entry(&line, entry);
		if (line.full) { /* too long: what fitted, and a sign of it */
			cert_line_cut(&line, before);
			break;
		}
	}
	return arena_text(arena, line.text, line.len);
}

char *cert_openssl_common(struct arena *arena, const X509_NAME *name)
{
	char value[LIMIT_NAME_BYTES / 4] = "";
	int place = X509_NAME_get_index_by_NID(name, NID_commonName, -1);

	if (place >= 0)
		value_text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place)), value,
			sizeof value);
	return arena_text(arena, value, strlen(value));
}

static enum cert_san_kind general_name(const GENERAL_NAME *name, char out[static CERT_GENERAL_TEXT])
{
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
	bool text = type == GEN_DNS || type == GEN_IPADD || type == GEN_EMAIL || type == GEN_URI;

	if (!text) {
		out[0] = '\0';
		return CERT_SAN_OTHER;
	}
	return cert_general_text(
		type, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value), out);
}

bool cert_openssl_sans(const X509 *x509, struct cert_holder *holder)
{
	struct cert *cert = &holder->cert;
	GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	size_t total = names ? (size_t)sk_GENERAL_NAME_num(names) : 0;
	size_t room = total < LIMIT_SANS ? total : LIMIT_SANS, kept = 0;

	cert->san = arena_take(&holder->texts, (room + 1) * sizeof *cert->san);
	holder->san_kinds = arena_take(&holder->texts, (room + 1) * sizeof *holder->san_kinds);
	bool memory = cert->san && holder->san_kinds;
	for (size_t i = 0; memory && i < total && kept < room; i++) {
		char text[CERT_GENERAL_TEXT];
		enum cert_san_kind kind = general_name(sk_GENERAL_NAME_value(names, (int)i), text);

		if (kind == CERT_SAN_OTHER && !text[0])
			continue;
		cert->san[kept] = arena_text(&holder->texts, text, strlen(text));
		memory = cert->san[kept] != NULL;
		holder->san_kinds[kept++] = kind;
	}
	cert->san_dropped = total > room ? total - room : 0;
	GENERAL_NAMES_free(names);
	return memory;
}

static const ASN1_STRING *point_url(const DIST_POINT *point, int which)
{
	int type;

	if (!point->distpoint || point->distpoint->type != 0 ||
		which >= sk_GENERAL_NAME_num(point->distpoint->name.fullname))
		return NULL;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(
		sk_GENERAL_NAME_value(point->distpoint->name.fullname, which), &type);
	return type == GEN_URI ? value : NULL;
}

bool cert_openssl_crl_urls(const X509 *x509, struct cert_holder *holder)
{
	CRL_DIST_POINTS *points = X509_get_ext_d2i(x509, NID_crl_distribution_points, NULL, NULL);
	char **urls = arena_take(&holder->texts, (CERT_CRL_URLS + 1) * sizeof *urls);
	size_t kept = 0;
	bool memory = urls != NULL;

	for (int i = 0; memory && points && i < sk_DIST_POINT_num(points); i++) {
		const ASN1_STRING *url;
		for (int k = 0; memory && kept < CERT_CRL_URLS &&
				(url = point_url(sk_DIST_POINT_value(points, i), k)) != NULL;
			k++) {
			char text[LIMIT_NAME_BYTES / 4];
			text_printable((const char *)ASN1_STRING_get0_data(url),
				(size_t)ASN1_STRING_length(url), text, sizeof text);
			if (strncmp(text, "http", 4) != 0)
				continue;
			urls[kept] = arena_text(&holder->texts, text, strlen(text));
			memory = urls[kept++] != NULL;
		}
	}
	CRL_DIST_POINTS_free(points);
	holder->cert.crl_urls = urls;
	return memory;
}
