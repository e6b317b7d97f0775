/* SPDX-License-Identifier: MIT */
/*
 * target_input - the bytes of a list, seen through a window that moves over them
 *
 * Lists may be longer than memory, and a list that is mapped counts as memory in use: so a
 * file is read into one window, again and again.  Whoever reads sees as many bytes as the
 * longest line may have, or all that are left, and then says how many of them were used.
 * What cannot be read twice (standard input, a FIFO) is copied into a file without a name first.
 *
 * Only the target_*.c files, capture.c (which needs no more than the file) and their tests include
 * this header.
 */
#ifndef CHECKER_TARGET_TARGET_INPUT_H
#define CHECKER_TARGET_TARGET_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/error.h"
#include "checker/limits.h"

struct buf;
struct target_piece;

/* A file that is open, or bytes in memory. */
struct target_file {
	const char *name;  /* as errors call it */
	const char *bytes; /* in memory */
	int fd;            /* -1: they are in memory */
	uint64_t size;
	int64_t changed_s, changed_ns; /* when it was written to last */
};

/* PATH, or standard input for "-": what is no regular file is copied.  NAME is borrowed. */
MUST_USE bool target_file_open(
	struct target_file *file, const char *name, const char *path, struct error *err);
void target_file_close(struct target_file *file);

/* False when it is not the file any more that was opened. */
bool target_file_is_same(const struct target_file *file);

/* Appends the first bytes to BUF, as many as it holds. */
MUST_USE bool target_file_peek(const struct target_file *file, struct buf *buf, struct error *err);

/* Appends all from offset AT on to BUF; an error when that is more than fits. */
MUST_USE bool target_file_load(
	const struct target_file *file, uint64_t at, struct buf *buf, struct error *err);

struct target_input {
	const char *text; /* what comes next: at least LIMIT_LINE_BYTES + 2 bytes, or the rest */
	size_t len;
	size_t line;      /* of its first byte, from 1 */
	struct error why; /* it could not be read: then it looks as if it had ended */

	const struct target_file *file;
	uint64_t at;  /* in the file: behind the window */
	char *window; /* NULL for bytes in memory */
	size_t used;  /* of the text: gone with the next step */
	bool cut;     /* the line that was used goes on behind it */
};

/* From offset AT of FILE on, which is in line LINE. */
MUST_USE bool target_input_open(struct target_input *input, const struct target_file *file,
	uint64_t at, size_t line, struct error *err);
void target_input_release(struct target_input *input);

/* Moves on over what was used; false when nothing is left. */
bool target_input_step(struct target_input *input);

/* The first LEN bytes of the text were used, which stays where it is until the next step. */
void target_input_use(struct target_input *input, size_t len);

/* The rest of the line was used up, its end included; how many bytes of it there are to see. */
size_t target_input_use_line(struct target_input *input);

/*
 * Steps on to the next line and uses it: without its end, LF or CR LF, and cut to more than
 * LIMIT_LINE_BYTES when it is longer than that.  False when there is none.
 */
bool target_input_line(struct target_input *input, struct target_piece *ret_line);

/* The offset in the file of the first byte that was not used before the current line. */
uint64_t target_input_offset(const struct target_input *input);

#endif
