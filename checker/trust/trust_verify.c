/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert_x509.h"
#include "checker/trust/trust_store.h"

static const struct {
	int error;
	enum path_fault fault;
	const char *text; /* a phrase */
} faults[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, PATH_FAULT_EXPIRED, PHRASE("has expired") },
	{ X509_V_ERR_CERT_NOT_YET_VALID, PATH_FAULT_NOT_YET, PHRASE("is not valid yet") },
	{ X509_V_ERR_INVALID_PURPOSE, PATH_FAULT_PURPOSE, PHRASE("is not for TLS servers") },
	{ X509_V_ERR_INVALID_CA, PATH_FAULT_NOT_CA, PHRASE("is not a CA certificate") },
	{ X509_V_ERR_KEYUSAGE_NO_CERTSIGN, PATH_FAULT_NOT_CA, PHRASE("may not sign certificates") },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, PATH_FAULT_SIGNATURE,
		PHRASE("has a wrong signature") },
	{ X509_V_ERR_PERMITTED_VIOLATION, PATH_FAULT_NAME_CONSTRAINT,
		PHRASE("has a name its CAs may not certify") },
	{ X509_V_ERR_EXCLUDED_VIOLATION, PATH_FAULT_NAME_CONSTRAINT,
		PHRASE("has a name its CAs may not certify") },
	{ X509_V_ERR_PATH_LENGTH_EXCEEDED, PATH_FAULT_NOT_CA,
		PHRASE("stands under a CA that may have none below it") },
};

/* What is said of a path: the certificate at fault, and WORDS. */
static void say(struct trust_path *path, const char *words)
{
	char name[96] = PHRASE("the path");

	if (path->culprit) {
		const struct cert *cert = path->culprit;
		const char *shown = cert->common_name[0] ? cert->common_name : cert->subject;
		text_printable(shown, strlen(shown), name, sizeof name);
	}
	phrase_say(path->reason, sizeof path->reason, "%s %s", name, words);
}

void trust_say_date(struct trust_path *path)
{
	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		if (faults[i].fault == path->fault)
			say(path, faults[i].text);
}

static void explain(struct trust_path *path, int error, int depth)
{
	const char *text = X509_verify_cert_error_string(error);
	bool ours = depth >= 0 && (size_t)depth < path->len;

	path->trusted = ANSWER_NO;
	path->fault = PATH_FAULT_OTHER;
	path->culprit = ours ? path->certs[depth] : NULL;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		if (faults[i].error == error) {
			path->fault = faults[i].fault;
			text = faults[i].text;
		}
	}
	say(path, text);
}

static bool prepare(X509_STORE_CTX *ctx, X509_STORE *store, STACK_OF(X509) * above,
	const struct trust_path *path, struct instant now)
{
	for (size_t i = 0; i < path->len; i++)
		if (!cert_x509(path->certs[i]))
			return false;
	if (!X509_STORE_add_cert(store, cert_x509(path->certs[path->len - 1])) ||
		!X509_STORE_CTX_init(ctx, store, cert_x509(path->certs[0]), above))
		return false;
	for (size_t i = 1; i + 1 < path->len; i++)
		if (!sk_X509_push(above, cert_x509(path->certs[i])))
			return false;

	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)now.seconds);
	X509_VERIFY_PARAM_set_depth(param, LIMIT_PATH_DEPTH);
	/* Weak keys and digests are rules of their own, so that they are said once. */
	X509_VERIFY_PARAM_set_auth_level(param, 0);
	/* An anchor is an anchor by fingerprint, self-signed or not. */
	/* A file of CA certificates has no leaf that could be for servers. */
	bool alone = path->certs[0]->is_ca && !path->certs[0]->san[0];
	int purpose = alone ? X509_PURPOSE_ANY : X509_PURPOSE_SSL_SERVER;
	return X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN) &&
	       X509_VERIFY_PARAM_set_purpose(param, purpose);
}

void trust_verify(struct trust_path *path, struct instant now)
{
	ERR_set_mark();
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *above = sk_X509_new_null();

	path->fault = PATH_FAULT_NONE;
	path->culprit = NULL;
	path->reason[0] = '\0';
	if (!store || !ctx || !above || !prepare(ctx, store, above, path, now)) {
		path->trusted = ANSWER_UNKNOWN;
		path->fault = PATH_FAULT_OTHER;
		phrase_say(path->reason, sizeof path->reason,
			"the path could not be verified for lack of memory");
	} else if (X509_verify_cert(ctx) == 1) {
		path->trusted = ANSWER_YES;
	} else {
		explain(path, X509_STORE_CTX_get_error(ctx), X509_STORE_CTX_get_error_depth(ctx));
	}
	sk_X509_free(above);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_pop_to_mark();
}
