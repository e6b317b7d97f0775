/* SPDX-License-Identifier: MIT */
/*
 * cert_described - a certificate of which only a description is left
 */
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert_holder.h"
#include "checker/limits.h"
#include "checker/target/name.h"

/* RFC 4514, 2.4: a value ends at the next comma or plus that no backslash stands before. */
/* One value of a name (RFC 4514), its escapes undone. */
static void take_value(const char *value, char *out, size_t size)
{
	size_t used = 0;

	for (const char *c = value; *c && *c != ',' && *c != '+' && used + 1 < size; c++) {
		if (*c == '\\' && c[1])
			c++;
		out[used++] = *c;
	}
	out[used] = '\0';
}

void cert_name_common(const char *text, char *out, size_t size)
{
	take_value(strncmp(text, "CN=", 3) == 0 ? text + 3 : "", out, size);
}

void cert_name_organization(const char *text, char *out, size_t size)
{
	const char *at = strncmp(text, "O=", 2) == 0 ? text : strstr(text, ",O=");
	size_t used = 0;

	out[0] = '\0';
	if (!at)
		return;
	for (at = strchr(at, '=') + 1; *at && *at != ',' && *at != '+'; at++) {
		bool escaped = *at == '\\';

		at += escaped;
		if (!*at || used + 1 == size || (escaped && !strchr(",+\"\\<>;= #", *at))) {
			out[0] = '\0';
			return;
		}
		out[used++] = *at;
	}
	out[used] = '\0';
}

bool cert_name_shows(const char *text, const char *common)
{
	char shown[LIMIT_NAME_BYTES];

	cert_name_common(text ? text : "", shown, sizeof shown);
	return strcmp(shown, common ? common : "") == 0;
}

/* TEXT as every text of a certificate is: printable; "" for NULL. */
static char *take_text(struct cert_holder *holder, const char *text)
{
	char printable[LIMIT_NAME_BYTES];

	text_printable(text ? text : "", text ? strlen(text) : 0, printable, sizeof printable);
	return arena_text(&holder->texts, printable, strlen(printable));
}

static char *take_common(struct cert_holder *holder, const char *common, const char *name)
{
	char shown[LIMIT_NAME_BYTES];

	if (common)
		return take_text(holder, common);
	cert_name_common(name ? name : "", shown, sizeof shown);
	return take_text(holder, shown);
}

static char **take_list(struct cert_holder *holder, const char *const *texts, size_t count)
{
	char **list = arena_take(&holder->texts, (count + 1) * sizeof *list);

	for (size_t i = 0; list && i < count; i++)
		if (!(list[i] = take_text(holder, texts[i])))
			return NULL;
	return list;
}

/* "RSA 2048", "EC P-256", "Ed25519" */
static void set_key(struct cert *cert)
{
	uint64_t bits;

	if (strncmp(cert->key, "RSA ", 4) == 0 && text_to_uint(cert->key + 4, UINT32_MAX, &bits)) {
		cert->key_kind = KEY_RSA;
		cert->key_bits = (unsigned)bits;
	} else if (strncmp(cert->key, "EC ", 3) == 0) {
		cert->key_kind = KEY_EC;
		text_printable(
			cert->key + 3, strlen(cert->key + 3), cert->curve, sizeof cert->curve);
	} else if (strncmp(cert->key, "Ed", 2) == 0) {
		cert->key_kind = KEY_EDWARDS;
	}
}

static void set_purposes(struct cert *cert)
{
	for (char *const *eku = cert->eku; *eku; eku++) {
		cert->has_eku = true;
		cert->eku_server |= strcmp(*eku, "serverAuth") == 0;
		cert->eku_client |= strcmp(*eku, "clientAuth") == 0;
		cert->eku_any |= strcmp(*eku, "anyExtendedKeyUsage") == 0;
	}
}

static bool set_names(struct cert_holder *holder)
{
	struct cert *cert = &holder->cert;
	size_t count = 0;
	int family;

	while (cert->san[count])
		count++;
	holder->san_kinds = arena_take(&holder->texts, (count + 1) * sizeof *holder->san_kinds);
	for (size_t i = 0; holder->san_kinds && i < count; i++)
		holder->san_kinds[i] = name_is_address(cert->san[i], &family) ? CERT_SAN_ADDRESS
									      : CERT_SAN_DNS;
	return holder->san_kinds;
}

static bool fill(struct cert_holder *holder, const struct cert_description *from)
{
	struct cert *cert = &holder->cert;

	cert->readable = true;
	cert->subject = take_text(holder, from->subject);
	cert->issuer = take_text(holder, from->issuer);
	cert->common_name = take_common(holder, from->common_name, from->subject);
	cert->issuer_common_name = take_common(holder, from->issuer_common_name, from->issuer);
	cert->serial = take_text(holder, from->serial);
	cert->key = take_text(holder, from->key);
	cert->signature = take_text(holder, from->signature);
	cert->eku = take_list(holder, from->eku, from->eku_count);
	cert->san = take_list(holder, from->san, from->san_count);
	cert->crl_urls = take_list(holder, NULL, 0);
	if (!cert->subject || !cert->issuer || !cert->common_name || !cert->issuer_common_name ||
		!cert->serial || !cert->key || !cert->signature || !cert->eku || !cert->san ||
		!cert->crl_urls || !set_names(holder))
		return false;
	cert->not_before = from->not_before;
	cert->not_after = from->not_after;
	cert->san_dropped = from->san_dropped;
	cert->self_issued = strcmp(cert->subject, cert->issuer) == 0;
	set_key(cert);
	set_purposes(cert);
	return true;
}

struct cert *cert_new_described(const struct cert_description *from, struct error *err)
{
	struct cert_holder *holder = cert_holder_new(NULL, 0);

	if (!holder) {
		(void)error_set_memory(err);
		return NULL;
	}
	CLEANUP(cert_unrefp) const struct cert *owned = &holder->cert;
	struct cert *cert = &holder->cert;
	if (!fingerprint_parse(from->sha256, cert->sha256) ||
		(from->spki_sha256 && !fingerprint_parse(from->spki_sha256, cert->spki_sha256))) {
		(void)error_set(err, ERROR_SYNTAX, "a fingerprint is not 64 hexadecimal digits");
		return NULL;
	}
	text_from_bytes(cert->sha256, FINGERPRINT_BYTES, cert->sha256_text);
	if (from->readable && !fill(holder, from)) {
		(void)error_set_memory(err);
		return NULL;
	}
	owned = NULL;
	return cert;
}
