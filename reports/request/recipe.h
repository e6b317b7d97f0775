/* SPDX-License-Identifier: MIT */
/*
 * recipe - a wished-for signing request as what another program takes
 *
 * A key ought to be made where it will be used.  So the same request that csr_maker.h signs here
 *can be written as input for the program that makes it there:
 *
 *	openssl		configuration of `openssl req` (1.1.1 and later), UTF-8
 *	certreq		INF file of `certreq -new`; UTF-16 with a byte order mark where ASCII does
 *not do exchange	PowerShell with New-ExchangeCertificate, Exchange 2013 to Subscription
 *Edition exchange-2010	the same for PowerShell 2.0 keytool		shell script with `keytool
 *-genkeypair` and `-certreq`, for Java's key stores
 *
 * What is special to the request stands in values, each written by quote.h; the rest is fixed.  How
 *it is used stands in comments at the head.  Lines of Windows' files end in CRLF, and a script with
 *other characters than ASCII has a byte order mark, without which PowerShell takes it for the
 *machine's old code page.
 *
 * Pure: a request in, bytes out.  struct request (checker/csr/request.h) is the manual of what goes
 *in.
 */
#ifndef REPORTS_REQUEST_RECIPE_H
#define REPORTS_REQUEST_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct buf;
struct error;
struct request;

enum recipe {
	RECIPE_OPENSSL,
	RECIPE_CERTREQ,
	RECIPE_EXCHANGE,
	RECIPE_EXCHANGE_2010,
	RECIPE_KEYTOOL,
	RECIPE_COUNT,
};

/* As on the command line; NULL past the last. */
const char *recipe_name(size_t recipe);

/* What a file with it is usually called at its end: ".cnf", ".inf", ".ps1", ".sh". */
const char *recipe_ending(enum recipe recipe);

/*
 * Adds it to OUT.  False with ERR when the program cannot make such a request (Exchange makes RSA
 * keys of 2048 and 4096 bits only), when a text of it has characters that no file of the kind may
 * have, or when it does not fit.
 */
MUST_USE bool recipe_put(
	enum recipe recipe, const struct request *request, struct buf *out, struct error *err);

/*
 * Where the request and the key go, after the first name: "www.example.hk", "wildcard.example.hk"
 * for
 * "*.example.hk".  No ending; a name of a file in any system.
 */
void recipe_stem(const struct request *request, char *out, size_t size);

#endif
