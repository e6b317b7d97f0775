/* SPDX-License-Identifier: MIT */
/* A file with a private key, and maybe certificates: PEM, DER, PKCS#12, whatever its bytes are. */
#include <stddef.h>
#include <stdint.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/cert/cert_file.h"
#include "checker/key/key_file.h"
#include "checker/key/private_key.h"
#include "tests/fuzz/fuzz.h"

#define PASSWORD "geheim"

static bool take(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	size_t *count = arg;

	(void)der;
	(void)err;
	*count += len > 0;
	return true;
}

static void read_as(const struct buf *bytes, const char *password)
{
	CLEANUP(private_key_freep) struct private_key *key = NULL;
	CLEANUP(buf_release) struct buf text = BUF_INIT(1u << 20);
	struct error err = { .code = ERROR_NONE };
	enum key_file_found found = key_file_read("fuzz", bytes, password, &key, &err);

	/* A key is there when it is said to be, and a reason when there is none. */
	if ((found == KEY_FILE_KEY) != (key != NULL))
		__builtin_trap();
	if ((found == KEY_FILE_WRONG || found == KEY_FILE_SHUT) && err.code == ERROR_NONE)
		__builtin_trap();
	if (key && !private_key_write(key, NULL, &text, NULL))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(1u << 20);
	size_t count = 0;

	if (size == 0 || !buf_add(&bytes, data, size))
		return 0;
	/* One way for each length: the hashing that a file may ask for takes seconds. */
	if (size % 4 == 0) {
		read_as(&bytes, NULL);
		return 0;
	}
	if (size % 4 != 1) {
		read_as(&bytes, PASSWORD);
		return 0;
	}
	(void)!cert_file_read(&(struct cert_file){ .path = "fuzz",
				      .bytes = (const uint8_t *)bytes.data,
				      .len = bytes.len,
				      .password = PASSWORD },
		take, &count, NULL);
	return 0;
}
