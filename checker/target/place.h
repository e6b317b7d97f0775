/* SPDX-License-Identifier: MIT */
/*
 * place - which services something holds for: a pattern over hosts, networks and ports
 *
 * What waivers and owner maps name services by.  "HOST", "*.SUFFIX" (every name below), "*", an
 * address, a network
 * ("192.0.2.0/24", "2001:db8::/32"), each with ":PORT" behind it (brackets around IPv6 then), or
 * the path of a file for `check`.
 */
#ifndef CHECKER_TARGET_PLACE_H
#define CHECKER_TARGET_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/limits.h"

struct error;
struct target;

enum place_kind { PLACE_ANY, PLACE_NAME, PLACE_BELOW, PLACE_NETWORK, PLACE_FILE };

#define PLACE_FILE_BYTES 1024

struct place {
	enum place_kind kind;
	uint16_t port;               /* 0: any */
	char name[PLACE_FILE_BYTES]; /* of a host in A-labels, a suffix, or a file */
	int family;
	uint8_t address[16];
	unsigned bits; /* of the network */
};

/* False with ERR saying why TEXT is no pattern. */
MUST_USE bool place_parse(const char *text, struct place *ret_place, struct error *err);

/* ADDRESS is the one of TARGET that was connected to, or "". */
bool place_has(const struct place *place, const struct target *target, const char *address);

#endif
