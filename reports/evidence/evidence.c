/* SPDX-License-Identifier: MIT */
#include "reports/evidence/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/checksum.h"

#define CHUNK_BYTES 65536u

const struct evidence_place *evidence_place(enum evidence_kind kind)
{
	static const struct evidence_place places[] = {
		[EVIDENCE_CERTIFICATE] = { "certificates", ".der" },
		[EVIDENCE_LIST] = { "lists", ".crl" },
		[EVIDENCE_OCSP] = { "ocsp", ".ocsp" },
	};
	_Static_assert(ARRAY_LEN(places) == EVIDENCE_KINDS, "a place for every kind");

	return &places[kind];
}

const char *evidence_file_name(enum evidence_file file)
{
	static const char *const names[] = {
		[EVIDENCE_PROFILE] = "profile.yaml",
		[EVIDENCE_WAIVERS] = "waivers.yaml",
		[EVIDENCE_OBSERVATIONS] = "observations.ndjson",
		[EVIDENCE_RESULTS] = "results.ndjson",
	};
	_Static_assert(ARRAY_LEN(names) == EVIDENCE_FILES, "a name for every file");

	return names[file];
}

static bool add_all(struct checksum *checksum, int fd)
{
	char chunk[CHUNK_BYTES];
	ssize_t got;

	do {
		got = read(fd, chunk, sizeof chunk);
		if (got > 0)
			checksum_add(checksum, chunk, (size_t)got);
	} while (got > 0 || (got < 0 && errno == EINTR));
	return got == 0;
}

bool evidence_file_sum(
	const char *path, char ret_sha256[static FINGERPRINT_TEXT], struct error *err)
{
	CLEANUP(checksum_freep) struct checksum *checksum = checksum_new();
	uint8_t hash[CHECKSUM_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	bool whole = checksum && add_all(checksum, fd);
	int why = errno;
	(void)close(fd);
	if (!checksum)
		return error_set_memory(err);
	if (!whole)
		return error_set_errno(err, why, "%s", path);
	if (!checksum_end(checksum, hash))
		return error_set_memory(err);
	text_from_bytes(hash, sizeof hash, ret_sha256);
	return true;
}
