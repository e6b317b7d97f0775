/* SPDX-License-Identifier: MIT */
/*
 * capture_words - what other programs' words mean in ours
 */
#ifndef CHECKER_CAPTURE_CAPTURE_WORDS_H
#define CHECKER_CAPTURE_CAPTURE_WORDS_H

#include "checker/observation.h"

/* How a connection ended, from a message of Go's or OpenSSL's; OTHERWISE when it does not say. */
enum outcome capture_words_outcome(const char *words, enum outcome otherwise);

/* OpenSSL's name of the cipher suite that the IANA calls NAME; NAME where it has another. */
const char *capture_words_cipher(const char *name);

/* "TLSv1" of "tls10", "TLSv1.0" and the like, as OpenSSL says it; NULL when nobody knows it. */
const char *capture_words_version(const char *name);

#endif
