/* SPDX-License-Identifier: MIT */
/*
 * folder - a folder of files that appears whole or not at all
 *
 * It is filled under another name beside its own, and renamed at the end.  What has its name
 * already is in the way, unless it is empty or an earlier one of the same kind: that is kept
 * under a name with a number, because somebody may have put something into it.  folder_free()
 * without a commit removes what was written and nothing else.
 */
#ifndef CLI_FOLDER_H
#define CLI_FOLDER_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct buf;
struct error;
struct folder;

/* KIND: how the file MARK begins in one that may be replaced. */
struct folder_kind {
	const char *mark;
	const char *begins;
};

MUST_USE struct folder *folder_open(
	const char *path, const struct folder_kind *kind, struct error *err);

/* NAME may have one "/", whose first part is made when it is not there. */
MUST_USE bool folder_put(struct folder *folder, const char *name, const struct buf *bytes,
	bool executable, struct error *err);

MUST_USE bool folder_commit(struct folder *folder, struct error *err);
void folder_free(struct folder *folder);
DEFINE_CLEANUP(struct folder *, folder_free);

#endif
