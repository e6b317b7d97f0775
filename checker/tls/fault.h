/* SPDX-License-Identifier: MIT */
/*
 * fault - what a server did against the rules of TLS, and the alert that says so
 */
#ifndef CHECKER_TLS_FAULT_H
#define CHECKER_TLS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/tls/alert.h"

struct fault {
	enum alert alert;
	bool of_old;     /* the other offer may be what it understands */
	char words[160]; /* a phrase */
};

/* Gives false, for `return fault_set()`. */
bool fault_set(struct fault *ret_fault, enum alert alert, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
