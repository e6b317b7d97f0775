/* SPDX-License-Identifier: MIT */
#include "tests/bench/addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"

static bool parse(char *line, struct sockaddr_in *address)
{
	char *colon = strchr(line, ':');
	uint64_t port;

	line[strcspn(line, "\n")] = '\0';
	if (!colon)
		return false;
	*colon = '\0';
	*address = (struct sockaddr_in){ .sin_family = AF_INET };
	if (inet_pton(AF_INET, line, &address->sin_addr) != 1 ||
		!text_to_uint(colon + 1, 65535, &port))
		return false;
	address->sin_port = htons((uint16_t)port);
	return true;
}

bool addresses_read(struct addresses *addresses, const char *path, struct error *err)
{
	FILE *file = fopen(path, "r");
	char line[64];
	bool good = true;

	*addresses = (struct addresses){ .all = { .items = NULL } };
	if (!file)
		return error_set_errno(err, errno, "%s", path);
	while (good && fgets(line, sizeof line, file)) {
		if (!vec_reserve(&addresses->all))
			good = error_set_memory(err);
		else if (!parse(line, &addresses->all.items[addresses->all.count++]))
			good = error_set(err, ERROR_SYNTAX, "%s:%zu: not ADDRESS:PORT", path,
				addresses->all.count);
	}
	fclose(file);
	if (!good)
		addresses_release(addresses);
	return good;
}

void addresses_release(struct addresses *addresses)
{
	free(addresses->all.items);
	*addresses = (struct addresses){ .all = { .items = NULL } };
}
