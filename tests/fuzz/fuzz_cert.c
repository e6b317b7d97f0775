/* SPDX-License-Identifier: MIT */
/* The bytes of one certificate as a server may send them, whole or not; and whatever is made of
 * them, OpenSSL has to make the same. */
#include <assert.h>
#include <string.h>

#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/limits.h"
#include "tests/cert_oracle.h"
#include "tests/fuzz/fuzz.h"

/* Nothing of a certificate may reach a terminal as it is. */
static void assert_printable(const char *text)
{
	for (size_t len = strlen(text), step; len > 0; text += step, len -= step) {
		uint32_t point;

		step = text_utf8_next(text, len, &point);
		assert(step > 0 && !text_is_unsafe(point));
	}
}

static void assert_list(char **list, size_t max)
{
	size_t count = 0;

	for (; list && list[count]; count++)
		assert_printable(list[count]);
	assert(count <= max);
}

static void assert_readable(const struct cert *cert)
{
	assert_printable(cert->subject);
	assert_printable(cert->issuer);
	assert_printable(cert->common_name);
	assert_printable(cert->issuer_common_name);
	assert_printable(cert->serial);
	assert_printable(cert->key);
	assert_printable(cert->signature);
	assert_list(cert->eku, SIZE_MAX);
	assert_list(cert->san, LIMIT_SANS);
	assert_list(cert->crl_urls, SIZE_MAX);
	assert(!cert->self_signed || cert->self_issued);
	assert(!cert_is_twin(cert, cert) || !cert_equal(cert, cert));
	(void)cert_issued_by(cert, cert);
	(void)cert_covers(cert, "xn--dgt303b8zdiqag81agk7a6ul.xn--uc0atv.hk");
	(void)cert_covers(cert, "192.0.2.1");
	(void)cert_validity_days(cert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = 0;
	CLEANUP(cert_unrefp) const struct cert *cert = cert_new(data, size, NULL);

	assert(cert);
	const uint8_t *der = cert_der(cert, &len);

	assert(len == size && (size == 0 || memcmp(der, data, size) == 0));
	assert(cert_equal(cert, cert));
	if (cert->readable)
		assert_readable(cert);
	CLEANUP(oracle_freep) struct oracle *oracle = oracle_new(data, size);
	assert(!oracle_differs(oracle, cert));
	return 0;
}
