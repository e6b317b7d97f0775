/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "checker/limits.h"
#include "reports/request/quote.h"
#include "reports/request/recipe.h"
#include "reports/request/recipe_parts.h"

/* New-ExchangeCertificate wants fewer characters than so many. */
#define FRIENDLY_BELOW 64

/* --- certreq --- */

static void put_inf(struct buf *out, const char *key, const char *value)
{
	(void)buf_addf(out, "%s=", key);
	quote_inf(out, value);
	(void)buf_add_char(out, '\n');
}

/* An old provider for RSA, which everything on Windows can use; elliptic curves are CNG's. */
static void put_key(const struct key_type *key, struct buf *out)
{
	if (key->kind == KEY_RSA)
		(void)buf_addf(out,
			"KeySpec=1\nKeyLength=%u\nKeyUsage=0xa0\nHashAlgorithm=sha256\n"
			"ProviderName=\"Microsoft RSA SChannel Cryptographic Provider\"\n"
			"ProviderType=12\n",
			key->bits);
	else
		(void)buf_addf(out,
			"KeyAlgorithm=ECDSA_P%u\nKeyLength=%u\nKeyUsage=0x80\nHashAlgorithm=sha%u\n"
			"ProviderName=\"Microsoft Software Key Storage Provider\"\n",
			key->bits, key->bits, key->bits == 384 ? 384U : 256U);
}

bool recipe_put_certreq(const struct request *request, struct buf *out, struct error *err)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(LIMIT_NAME_BYTES);
	CLEANUP(buf_release) struct buf entry = BUF_INIT(2 * LIMIT_HOST_BYTES);
	char stem[LIMIT_HOST_BYTES + 16];

	(void)err;
	recipe_stem(request, stem, sizeof stem);
	recipe_put_x500(request, &name);
	(void)buf_addf(out,
		"; On the server, as an administrator:\n"
		";   certreq -new %s.inf %s.req\n"
		"; and when the certificate has come:\n"
		";   certreq -accept -machine %s.cer\n"
		"[Version]\nSignature=\"$Windows NT$\"\n\n[NewRequest]\n",
		stem, stem, stem);
	put_inf(out, "Subject", buf_text(&name));
	put_key(request->key, out);
	(void)buf_add_text(out, "Exportable=TRUE\nMachineKeySet=TRUE\nRequestType=PKCS10\n");
	put_inf(out, "FriendlyName", recipe_friendly(request));
	(void)buf_add_text(out, "\n[Extensions]\n2.5.29.17=\"{text}\"\n");
	for (size_t i = 0; i < request->count; i++) {
		buf_clear(&entry);
		(void)buf_addf(&entry, "DNS=%s&", request->names[i]);
		put_inf(out, "_continue_", buf_text(&entry));
	}
	(void)buf_add_text(out, "2.5.29.37=\"{text}1.3.6.1.5.5.7.3.1\"\n");
	out->failed |= name.failed || entry.failed;
	return true;
}

/* --- Exchange --- */

static bool check_exchange(const struct request *request, struct error *err)
{
	const struct key_type *key = request->key;
	size_t characters = 0;

	if (key->kind != KEY_RSA || (key->bits != 2048 && key->bits != 4096))
		return error_set(err, ERROR_USAGE,
			"Exchange makes RSA keys of 2048 or 4096 bits only, and this is to be %s",
			key->shown);
	for (const char *at = recipe_friendly(request); *at; at++)
		characters += (*at & 0xc0) != 0x80;
	if (request->friendly_name && characters >= FRIENDLY_BELOW)
		return error_set(err, ERROR_USAGE,
			"Exchange takes friendly names of less than %d characters", FRIENDLY_BELOW);
	return true;
}

static void put_variable(struct buf *out, const char *name, const char *value)
{
	(void)buf_addf(out, "$%s = ", name);
	quote_powershell(out, value);
	(void)buf_add_char(out, '\n');
}

static void put_exchange_head(const struct request *request, struct buf *out)
{
	CLEANUP(buf_release) struct buf subject = BUF_INIT(LIMIT_NAME_BYTES);
	char stem[LIMIT_HOST_BYTES + 16], friendly[FRIENDLY_BELOW];

	recipe_stem(request, stem, sizeof stem);
	recipe_put_x500(request, &subject);
	text_printable(recipe_friendly(request), strlen(recipe_friendly(request)), friendly,
		sizeof friendly);
	put_variable(
		out, "FriendlyName", request->friendly_name ? request->friendly_name : friendly);
	put_variable(out, "SubjectName", buf_text(&subject));
	(void)buf_add_text(out, "$DomainName = @(");
	for (size_t i = 0; i < request->count; i++) {
		(void)buf_add_text(out, i > 0 ? ", " : "");
		quote_powershell(out, request->names[i]);
	}
	(void)buf_add_text(out, ")\n");
	put_variable(out, "RequestName", stem);
	(void)buf_addf(out, "$KeySize = %u\n", request->key->bits);
	(void)buf_add_text(out,
		"$RequestFile = Join-Path (Get-Location).ProviderPath ($RequestName + '.req')\n");
	out->failed |= subject.failed;
}

/* No certificate is piped in: a renewal would ask for the old names again. */
static const char generate[] =
	"$Request = New-ExchangeCertificate -GenerateRequest -FriendlyName $FriendlyName `\n"
	"    -KeySize $KeySize -PrivateKeyExportable $true -SubjectName $SubjectName `\n"
	"    -DomainName $DomainName\n";

bool recipe_put_exchange(const struct request *request, struct buf *out, struct error *err)
{
	if (!check_exchange(request, err))
		return false;
	(void)buf_add_text(out,
		"# In the Exchange Management Shell: makes the key on this server and the request "
		"for it.\n");
	put_exchange_head(request, out);
	(void)buf_add_text(out, generate);
	/* UTF-16, which a shell writes by itself, is what CAs cannot read. */
	(void)buf_add_text(out, "[IO.File]::WriteAllBytes($RequestFile, "
				"[Text.Encoding]::ASCII.GetBytes($Request))\n");
	return true;
}

bool recipe_put_exchange_2010(const struct request *request, struct buf *out, struct error *err)
{
	if (!check_exchange(request, err))
		return false;
	(void)buf_add_text(out,
		"# In the Exchange Management Shell of Exchange 2010 (PowerShell 2.0): "
		"makes the key on\n# this server and the request for it.\n");
	put_exchange_head(request, out);
	(void)buf_add_text(out, generate);
	(void)buf_add_text(out, "Set-Content -Path $RequestFile -Value $Request -Encoding ASCII\n");
	return true;
}
