/* SPDX-License-Identifier: MIT */
#include "checker/cert/checksum.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

struct checksum {
	EVP_MD_CTX *context;
	bool failed;
};

static void begin(struct checksum *checksum)
{
	checksum->failed = EVP_DigestInit_ex(checksum->context, EVP_sha256(), NULL) != 1;
}

struct checksum *checksum_new(void)
{
	CLEANUP(checksum_freep) struct checksum *checksum = calloc(1, sizeof *checksum);

	if (!checksum || !(checksum->context = EVP_MD_CTX_new()))
		return NULL;
	begin(checksum);
	return checksum->failed ? NULL : TAKE(checksum);
}

void checksum_free(struct checksum *checksum)
{
	if (!checksum)
		return;
	EVP_MD_CTX_free(checksum->context);
	free(checksum);
}

void checksum_add(struct checksum *checksum, const void *bytes, size_t len)
{
	/* OpenSSL does not look whether the digest is there. */
	if (checksum->failed || EVP_DigestUpdate(checksum->context, bytes, len) != 1)
		checksum->failed = true;
}

void checksum_add_text(struct checksum *checksum, const char *text)
{
	checksum_add(checksum, text, strlen(text) + 1);
}

bool checksum_end(struct checksum *checksum, uint8_t ret_hash[static CHECKSUM_BYTES])
{
	bool good = !checksum->failed && EVP_DigestFinal_ex(checksum->context, ret_hash, NULL) == 1;

	begin(checksum);
	return good;
}
