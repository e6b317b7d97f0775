/* SPDX-License-Identifier: MIT */
/*
 * recipe_parts - each recipe's own writer
 *
 * Between recipe.c and recipe_*.c, and nobody else's business.  Lines end in LF here, and all is
 * UTF-8.
 */
#ifndef REPORTS_REQUEST_RECIPE_PARTS_H
#define REPORTS_REQUEST_RECIPE_PARTS_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct buf;
struct error;
struct request;

MUST_USE bool recipe_put_openssl(const struct request *request, struct buf *out, struct error *err);
MUST_USE bool recipe_put_certreq(const struct request *request, struct buf *out, struct error *err);
MUST_USE bool recipe_put_exchange(
	const struct request *request, struct buf *out, struct error *err);
MUST_USE bool recipe_put_exchange_2010(
	const struct request *request, struct buf *out, struct error *err);
MUST_USE bool recipe_put_keytool(const struct request *request, struct buf *out, struct error *err);

/* The subject as CertStrToName() reads it: C=HK,S=...,O="A, B Ltd",CN=... */
void recipe_put_x500(const struct request *request, struct buf *out);

const char *recipe_friendly(const struct request *request);

#endif
