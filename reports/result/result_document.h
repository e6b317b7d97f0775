/* SPDX-License-Identifier: MIT */
/*
 * result_document - what stands around the results of a document
 *
 * jansson stays behind the result_*.c files; results.c asks here.
 */
#ifndef REPORTS_RESULT_RESULT_DOCUMENT_H
#define REPORTS_RESULT_RESULT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct buf;
struct error;

/* FRAME is a document without its results: is it one of ours, from its first byte to its last? */
MUST_USE bool result_document_check(const struct buf *frame, struct error *err);

#endif
