/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert_file_p12.h"

#include "checker/base/phrase.h"
#include "checker/cert/p12.h"

/* What EACH is called with, and where to say why not. */
struct outlet {
	cert_file_p12_each *each;
	void *arg;
	const char *why;
};

static bool give(struct outlet *outlet, const X509 *x509)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x509, &der);

	if (len <= 0)
		outlet->why = PHRASE("a certificate in the PKCS#12 file is damaged");
	bool ok = len > 0 && outlet->each(outlet->arg, der, (size_t)len);

	OPENSSL_free(der);
	return ok;
}

static bool give_all(const struct p12 *p12, struct outlet *outlet)
{
	int first = p12_own(p12), count = sk_X509_num(p12->certs);

	if (first >= 0 && !give(outlet, sk_X509_value(p12->certs, first)))
		return false;
	for (int i = 0; i < count; i++)
		if (i != first && !give(outlet, sk_X509_value(p12->certs, i)))
			return false;
	return true;
}

bool cert_file_p12_read(const uint8_t *der, size_t len, const char *password,
	cert_file_p12_each *each, void *arg, const char **ret_why)
{
	struct p12 p12;
	struct outlet outlet = { each, arg, NULL };

	outlet.why = p12_open(&p12, der, len, password, false);
	bool ok = !outlet.why && give_all(&p12, &outlet);

	p12_release(&p12);
	*ret_why = outlet.why;
	return ok;
}
