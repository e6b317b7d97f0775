/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert_pem.h"

#include <openssl/evp.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"

#define LINE_BYTES 48 /* 64 characters (RFC 7468, 2) */
#define SHA1_BYTES 20

bool cert_pem_add(const struct cert *cert, struct buf *out)
{
	size_t len;
	const uint8_t *der = cert_der(cert, &len);
	unsigned char line[LINE_BYTES / 3 * 4 + 1];

	if (len == 0)
		return false;
	(void)buf_add_text(out, "-----BEGIN CERTIFICATE-----\n");
	for (size_t at = 0; at < len; at += LINE_BYTES) {
		size_t part = len - at < LINE_BYTES ? len - at : LINE_BYTES;
		int written = EVP_EncodeBlock(line, der + at, (int)part);

		(void)buf_add(out, line, (size_t)written);
		(void)buf_add_char(out, '\n');
	}
	return buf_add_text(out, "-----END CERTIFICATE-----\n");
}

bool cert_thumbprint(const struct cert *cert, char out[static THUMBPRINT_TEXT])
{
	uint8_t hash[SHA1_BYTES];
	size_t len;
	const uint8_t *der = cert_der(cert, &len);

	out[0] = '\0';
	if (len == 0 || EVP_Digest(der, len, hash, NULL, EVP_sha1(), NULL) != 1)
		return false;
	text_from_bytes(hash, sizeof hash, out);
	return true;
}
