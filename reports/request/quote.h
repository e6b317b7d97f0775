/* SPDX-License-Identifier: MIT */
/*
 * quote - a text as a value in the syntax of another program, one function for each syntax
 *
 * Whatever TEXT is, what is written is one value and nothing else: no second word, no command, no
 * key. What a syntax cannot hold at all (control characters, a line's end) is left out; who has to
 * refuse such texts asks quote_is_plain() first.  Each adds to the end of OUT.
 */
#ifndef REPORTS_REQUEST_QUOTE_H
#define REPORTS_REQUEST_QUOTE_H

#include <stdbool.h>

struct buf;

/* Valid UTF-8 without control characters and without what hides in a line (text_is_unsafe()). */
bool quote_is_plain(const char *text);

/* POSIX shell: one word, in apostrophes. */
void quote_sh(struct buf *out, const char *text);

/* PowerShell: a verbatim string; typographic apostrophes end one as well, so they are doubled, too.
 */
void quote_powershell(struct buf *out, const char *text);

/* OpenSSL's configuration (config(5)): in double quotes, where `$` and `#` are themselves. */
void quote_openssl(struct buf *out, const char *text);

/* An INF file: in double quotes; a quote and a percent sign are doubled. */
void quote_inf(struct buf *out, const char *text);

/* A value of a name for CertStrToName(), which certreq and Exchange read: quoted where it has to
 * be. */
void quote_x500(struct buf *out, const char *text);

/* A value of a distinguished name in RFC 2253, 2.4, which keytool reads. */
void quote_rfc2253(struct buf *out, const char *text);

#endif
