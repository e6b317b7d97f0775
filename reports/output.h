/* SPDX-License-Identifier: MIT */
/*
 * output - where a report's bytes go: all of them, or none
 *
 * A file appears whole or not at all: the bytes go to a temporary file in the
 * same folder that nobody else can read, and output_commit() syncs it, gives it
 * its mode and renames it.  output_free() without a commit removes it and leaves
 * what was there before untouched.
 *
 * What is no regular file (standard output, /dev/fd/3, a FIFO, a terminal,
 * /dev/null) cannot be replaced and is written directly.
 *
 * Every write is checked.  Whoever wants an error instead of a signal from a
 * reader that went away has to ignore SIGPIPE: that is the program's business.
 * output_open() looks at the umask, so not while other threads make files.
 */
#ifndef REPORTS_OUTPUT_H
#define REPORTS_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "checker/base/attr.h"

struct error;
struct output;

/* PATH NULL or "-" is standard output.  A place that cannot be written is an error here already. */
MUST_USE struct output *output_open(const char *path, struct error *err);

/*
 * A file of that mode.  There must not be one at PATH yet, nor a link: output_commit() replaces
 * nothing, not even what has come meanwhile.
 */
MUST_USE struct output *output_open_new(const char *path, mode_t mode, struct error *err);

/* The same that nobody but its owner may read (mode 0600), for a private key. */
MUST_USE struct output *output_open_secret(const char *path, struct error *err);
/* What it holds is nobody else's business: a file of it is readable by its owner alone. */
void output_hide(struct output *output);

/* All LEN bytes, in one call of write() where the system takes them so. */
MUST_USE bool output_write(struct output *output, const char *bytes, size_t len, struct error *err);

/*
 * As output_write() for whole records, which into files may be gathered, for a
 * second at most while more come: a write for each costs more than making it.
 */
MUST_USE bool output_append(
	struct output *output, const char *bytes, size_t len, struct error *err);

/* Writes what was gathered. */
MUST_USE bool output_flush(struct output *output, struct error *err);

/* What the bytes go to. */
enum output_kind {
	OUTPUT_REPLACED, /* a file that appears at the end */
	OUTPUT_FILE,     /* a regular file, written directly */
	OUTPUT_STREAM,   /* a pipe, a terminal, a device */
};

struct output_place {
	enum output_kind kind;
	uint64_t device, inode; /* of an OUTPUT_FILE, as is what follows */
	uint64_t size;
	uint64_t offset; /* where the next byte will be */
	char path[4096]; /* "" when nobody knows */
};

/* Writes what was gathered, and says where that ends. */
MUST_USE bool output_place(
	struct output *output, struct output_place *ret_place, struct error *err);

/* False as well when an earlier write failed.  The output is only good for output_free() then. */
MUST_USE bool output_commit(struct output *output, struct error *err);
void output_free(struct output *output);
DEFINE_CLEANUP(struct output *, output_free);

#endif
