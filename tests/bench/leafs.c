/* SPDX-License-Identifier: MIT */
#include "tests/bench/leafs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/vec.h"

#define LENGTHS 8

struct leafs {
	uint8_t *bytes;
	size_t len;
	VEC(size_t) starts; /* of each record */
};

static size_t length_at(const uint8_t *bytes)
{
	return (size_t)bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 |
	       (size_t)bytes[3] << 24;
}

static bool index_records(struct leafs *leafs, const char *path, struct error *err)
{
	size_t at = 0;

	while (leafs->len - at > LENGTHS) {
		size_t cert = length_at(leafs->bytes + at), key = length_at(leafs->bytes + at + 4);
		size_t left = leafs->len - at - LENGTHS;

		if (cert > left || key > left - cert)
			break;
		if (!vec_reserve(&leafs->starts))
			return error_set_memory(err);
		leafs->starts.items[leafs->starts.count++] = at;
		at += LENGTHS + cert + key;
	}
	if (at != leafs->len || leafs->starts.count == 0)
		return error_set(err, ERROR_SYNTAX, "%s: not a file of leafs", path);
	return true;
}

static bool map_file(struct leafs *leafs, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat found;

	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	if (fstat(fd, &found) < 0 || found.st_size <= 0) {
		close(fd);
		return error_set(err, ERROR_SYNTAX, "%s: not a file of leafs", path);
	}
	void *bytes = mmap(NULL, (size_t)found.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

	close(fd);
	if (bytes == MAP_FAILED)
		return error_set_errno(err, errno, "%s", path);
	leafs->bytes = bytes;
	leafs->len = (size_t)found.st_size;
	return true;
}

struct leafs *leafs_open(const char *path, struct error *err)
{
	CLEANUP(leafs_freep) struct leafs *leafs = calloc(1, sizeof *leafs);

	if (!leafs) {
		(void)error_set_memory(err);
		return NULL;
	}
	if (!map_file(leafs, path, err) || !index_records(leafs, path, err))
		return NULL;
	return TAKE(leafs);
}

void leafs_free(struct leafs *leafs)
{
	if (!leafs)
		return;
	if (leafs->bytes)
		munmap(leafs->bytes, leafs->len);
	free(leafs->starts.items);
	free(leafs);
}

size_t leafs_count(const struct leafs *leafs)
{
	return leafs->starts.count;
}

struct leaf leafs_at(const struct leafs *leafs, size_t number)
{
	const uint8_t *at = leafs->bytes + leafs->starts.items[number % leafs->starts.count];
	size_t cert = length_at(at);

	return (struct leaf){
		.cert = at + LENGTHS,
		.cert_len = cert,
		.key = at + LENGTHS + cert,
		.key_len = length_at(at + 4),
	};
}

static void put_length(uint8_t *out, size_t len)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(len >> 8 * i);
}

bool leafs_append(FILE *file, struct leaf leaf)
{
	uint8_t lengths[LENGTHS];

	if (leaf.cert_len > UINT32_MAX || leaf.key_len > UINT32_MAX)
		return false;
	put_length(lengths, leaf.cert_len);
	put_length(lengths + 4, leaf.key_len);
	return fwrite(lengths, sizeof lengths, 1, file) == 1 &&
	       fwrite(leaf.cert, leaf.cert_len, 1, file) == 1 &&
	       fwrite(leaf.key, leaf.key_len, 1, file) == 1;
}
