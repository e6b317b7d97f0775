/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/cert_x509.h"
#include "checker/trust/trust_policy.h"
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
	{ X509_V_ERR_SUBTREE_MINMAX, PATH_FAULT_NAME_CONSTRAINT,
		PHRASE("has name constraints that nobody can apply") },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, PATH_FAULT_NAME_CONSTRAINT,
		PHRASE("has name constraints of a kind that nobody knows") },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, PATH_FAULT_NAME_CONSTRAINT,
		PHRASE("has name constraints that cannot be read") },
	{ X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, PATH_FAULT_NAME_CONSTRAINT,
		PHRASE("has a name that cannot be held against its CAs' constraints") },
	{ X509_V_ERR_NO_EXPLICIT_POLICY, PATH_FAULT_POLICY,
		PHRASE("leads to no policy, and one is demanded") },
	{ X509_V_ERR_INVALID_POLICY_EXTENSION, PATH_FAULT_POLICY,
		PHRASE("has policies that cannot be read") },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, PATH_FAULT_WEAK,
		PHRASE("has a key that clients refuse as too weak") },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, PATH_FAULT_WEAK,
		PHRASE("has a key that clients refuse as too weak") },
	{ X509_V_ERR_CA_MD_TOO_WEAK, PATH_FAULT_WEAK,
		PHRASE("is signed with a digest that clients refuse as too weak") },
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

void trust_refuse(struct trust_path *path, enum path_fault fault, const struct cert *culprit,
	const char *words)
{
	path->trusted = ANSWER_NO;
	path->fault = fault;
	path->culprit = culprit;
	say(path, words);
}

/* --- What is OpenSSL's to say --- */

static bool set_policies(X509_VERIFY_PARAM *param, const struct trust_policies *policies)
{
	unsigned long flags = X509_V_FLAG_POLICY_CHECK;

	if (policies->explicit_wanted)
		flags |= X509_V_FLAG_EXPLICIT_POLICY;
	if (policies->mapping_inhibited)
		flags |= X509_V_FLAG_INHIBIT_MAP;
	if (policies->any_inhibited)
		flags |= X509_V_FLAG_INHIBIT_ANY;
	for (const char *const *oid = policies->accepted; *oid; oid++) {
		ASN1_OBJECT *policy = OBJ_txt2obj(*oid, 1);

		if (!policy || !X509_VERIFY_PARAM_add0_policy(param, policy)) {
			ASN1_OBJECT_free(policy);
			return false;
		}
	}
	return X509_VERIFY_PARAM_set_flags(param, flags);
}

/* A file of CA certificates has no leaf that could be for servers. */
static int purpose_of(const struct trust_path *path, enum trust_purpose purpose)
{
	static const int purposes[] = {
		[TRUST_FOR_SERVERS] = X509_PURPOSE_SSL_SERVER,
		[TRUST_FOR_CLIENTS] = X509_PURPOSE_SSL_CLIENT,
		[TRUST_FOR_ANYTHING] = X509_PURPOSE_ANY,
	};
	bool alone = path->certs[0]->is_ca && !path->certs[0]->san[0];

	return alone ? X509_PURPOSE_ANY : purposes[purpose];
}

static bool prepare(X509_STORE_CTX *ctx, X509_STORE *store, STACK_OF(X509) * above,
	const struct trust_path *path, const struct trust_terms *terms)
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
	X509_VERIFY_PARAM_set_depth(param, LIMIT_PATH_DEPTH);
	X509_VERIFY_PARAM_set_auth_level(param, terms->level);
	/* The subject is no name of a server (RFC 9525, 2), so it is not held to constraints on
	 * such names either. */
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (terms->policies.accepted && !set_policies(param, &terms->policies))
		return false;
	/* An anchor is an anchor by fingerprint, self-signed or not.  Dates are looked at below. */
	return X509_VERIFY_PARAM_set_flags(
		       param, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME) &&
	       X509_VERIFY_PARAM_set_purpose(param, purpose_of(path, terms->purpose));
}

static void run_openssl(struct trust_path *path, const struct trust_terms *terms)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *above = sk_X509_new_null();

	if (!store || !ctx || !above || !prepare(ctx, store, above, path, terms)) {
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
}

/* As OpenSSL sees it, whatever the day. */
static void ask_openssl(struct trust_path *path, const struct trust_terms *terms)
{
	struct trust_terms asking = *terms;
	bool is_void = terms->policies.accepted && trust_policy_is_void(path);

	if (is_void)
		asking.policies.accepted = NULL;
	run_openssl(path, &asking);
	if (is_void && path->trusted == ANSWER_YES &&
		trust_policy_is_demanded(path, terms->policies.explicit_wanted))
		explain(path, X509_V_ERR_NO_EXPLICIT_POLICY, -1);
}

/* --- What it leaves out, or sees otherwise --- */

/* OpenSSL takes the key usage for a basicConstraints that is not there; no other client does
 * (RFC 5280, 6.1.4 (k)). */
static void check_authorities(struct trust_path *path)
{
	for (size_t i = path->len - 1; i-- > 1 && path->trusted == ANSWER_YES;)
		if (!path->certs[i]->is_ca)
			trust_refuse(path, PATH_FAULT_NOT_CA, path->certs[i],
				PHRASE("is not a CA certificate"));
}

/* From the anchor downwards, both ends of validity included (4.1.2.5). */
static void check_dates(struct trust_path *path, struct instant now)
{
	for (size_t i = path->len; i-- > 0 && path->trusted == ANSWER_YES;) {
		const struct cert *cert = path->certs[i];

		if (now.seconds < cert->not_before.seconds)
			trust_refuse(path, PATH_FAULT_NOT_YET, cert, PHRASE("is not valid yet"));
		else if (now.seconds > cert->not_after.seconds)
			trust_refuse(path, PATH_FAULT_EXPIRED, cert, PHRASE("has expired"));
	}
}

/* As path lengths are counted (6.1.4 (l)): what is self-issued does not. */
static void check_depth(struct trust_path *path, const struct trust_terms *terms)
{
	unsigned count = 0;

	for (size_t i = 1; i + 1 < path->len; i++)
		count += !path->certs[i]->self_issued;
	if (path->trusted == ANSWER_YES && terms->has_depth && count > terms->depth)
		trust_refuse(path, PATH_FAULT_DEPTH, NULL,
			PHRASE("has more intermediates than are allowed"));
}

/* Most clients do not look at policies; where a CA demands one, those that do refuse. */
static void check_policies(struct trust_path *path, const struct trust_terms *terms)
{
	static const char *const any[] = { "2.5.29.32.0", NULL };
	struct trust_terms asking = *terms;
	bool restricted = false;

	for (size_t i = 0; i < path->len; i++)
		restricted |= cert_holder(path->certs[i])->restricts;
	if (path->trusted != ANSWER_YES || terms->policies.accepted || !restricted)
		return;
	asking.policies.accepted = any;
	struct trust_path again = *path;
	ask_openssl(&again, &asking);
	path->policy_unsound = again.fault == PATH_FAULT_POLICY;
}

void trust_verify(struct trust_path *path, const struct trust_terms *terms, struct instant now)
{
	path->fault = PATH_FAULT_NONE;
	path->culprit = NULL;
	path->reason[0] = '\0';
	path->policy_unsound = false;
	ERR_set_mark();
	ask_openssl(path, terms);
	check_authorities(path);
	check_dates(path, now);
	check_depth(path, terms);
	check_policies(path, terms);
	ERR_pop_to_mark();
}
