/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "tests/cert_oracle_parts.h"

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

/* RFC 4514, 2.4: what would be read as structure gets a backslash. */
static void add_escaped(struct buf *buf, const char *value)
{
	size_t len = strlen(value);

	for (size_t i = 0; i < len; i++) {
		bool edge = (i == 0 && (value[i] == ' ' || value[i] == '#')) ||
			    (i + 1 == len && value[i] == ' ');
		bool code = value[i] == '\\' && (value[i + 1] == 'u' || value[i + 1] == 'x');
		if (edge || (strchr(",+\"\\<>;", value[i]) && !code))
			(void)buf_add_char(buf, '\\');
		(void)buf_add_char(buf, value[i]);
	}
}

static void add_entry(struct buf *buf, const X509_NAME_ENTRY *entry)
{
	char type[80], value[LIMIT_NAME_BYTES / 4];
	const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object(entry);
	int nid = OBJ_obj2nid(object);

	if (nid != NID_undef)
		(void)buf_add_text(buf, OBJ_nid2sn(nid));
	else if (OBJ_obj2txt(type, (int)sizeof type, object, 1) > 0)
		(void)buf_add_text(buf, type);
	(void)buf_add_char(buf, '=');
	value_text(X509_NAME_ENTRY_get_data(entry), value, sizeof value);
	add_escaped(buf, value);
}

char *oracle_name(const X509_NAME *name)
{
	struct buf buf = BUF_INIT(LIMIT_NAME_BYTES - 1);
	int set = -1;

	for (int i = X509_NAME_entry_count(name) - 1; i >= 0; i--) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		size_t before = buf.len;

		if (before > 0)
			(void)buf_add_char(&buf, X509_NAME_ENTRY_set(entry) == set ? '+' : ',');
		set = X509_NAME_ENTRY_set(entry);
		add_entry(&buf, entry);
		if (buf.failed) { /* too long: what fitted, and a sign of it */
			buf.failed = false;
			buf.len = before < LIMIT_NAME_BYTES - 8 ? before : LIMIT_NAME_BYTES - 8;
			(void)buf_add_text(&buf, ",...");
			break;
		}
	}
	char *text = text_copy(buf_text(&buf), buf.len);
	buf_release(&buf);
	return text;
}

char *oracle_common(const X509_NAME *name)
{
	char value[LIMIT_NAME_BYTES / 4] = "";
	int place = X509_NAME_get_index_by_NID(name, NID_commonName, -1);

	if (place >= 0)
		value_text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place)), value,
			sizeof value);
	return text_copy(value, strlen(value));
}

static bool general_name(const GENERAL_NAME *name, char *out, size_t size)
{
	char address[INET6_ADDRSTRLEN];
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);

	out[0] = '\0';
	if (type == GEN_DNS) {
		text_printable((const char *)ASN1_STRING_get0_data(value),
			(size_t)ASN1_STRING_length(value), out, size);
		return true;
	}
	if (type == GEN_IPADD) {
		int len = ASN1_STRING_length(value);
		int family = len == 4 ? AF_INET : len == 16 ? AF_INET6 : AF_UNSPEC;
		if (family != AF_UNSPEC &&
			inet_ntop(family, ASN1_STRING_get0_data(value), address, sizeof address))
			text_printable(address, strlen(address), out, size);
		return true;
	}
	if (type == GEN_EMAIL || type == GEN_URI) {
		const char *prefix = type == GEN_EMAIL ? "email:" : "URI:";
		memcpy(out, prefix, strlen(prefix) + 1);
		text_printable((const char *)ASN1_STRING_get0_data(value),
			(size_t)ASN1_STRING_length(value), out + strlen(prefix),
			size - strlen(prefix));
	}
	return false;
}

bool oracle_sans(const X509 *x509, struct cert *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	size_t total = names ? (size_t)sk_GENERAL_NAME_num(names) : 0;
	size_t room = total < LIMIT_SANS ? total : LIMIT_SANS, kept = 0;
	bool memory = false;

	cert->san = calloc(room + 1, sizeof *cert->san);
	memory = !cert->san;
	for (size_t i = 0; !memory && i < total && kept < room; i++) {
		char text[LIMIT_NAME_BYTES / 4];
		bool matched = general_name(
			sk_GENERAL_NAME_value(names, (int)i), text, sizeof text);

		if (!matched && !text[0])
			continue;
		cert->san[kept] = text_copy(text, strlen(text));
		memory = !cert->san[kept];
		kept++;
	}
	cert->san_dropped = total > room ? total - room : 0;
	GENERAL_NAMES_free(names);
	return !memory;
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

#define CRL_URLS 16

char **oracle_crl_urls(const X509 *x509)
{
	CRL_DIST_POINTS *points = X509_get_ext_d2i(x509, NID_crl_distribution_points, NULL, NULL);
	char **urls = calloc(CRL_URLS + 1, sizeof *urls);
	size_t kept = 0;

	for (int i = 0; urls && points && i < sk_DIST_POINT_num(points); i++) {
		const ASN1_STRING *url;
		for (int k = 0; kept < CRL_URLS &&
				(url = point_url(sk_DIST_POINT_value(points, i), k)) != NULL;
			k++) {
			char text[LIMIT_NAME_BYTES / 4];
			text_printable((const char *)ASN1_STRING_get0_data(url),
				(size_t)ASN1_STRING_length(url), text, sizeof text);
			if (strncmp(text, "http", 4) != 0)
				continue;
			urls[kept] = text_copy(text, strlen(text));
			if (urls[kept])
				kept++;
		}
	}
	CRL_DIST_POINTS_free(points);
	return urls;
}
