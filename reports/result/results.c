/* SPDX-License-Identifier: MIT */
#include "reports/result/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/limits.h"
#include "reports/result/result.h"
#include "reports/result/result_cut.h"
#include "reports/result/result_document.h"
#include "rules/verdict.h"

#define CHUNK_BYTES 65536u
#define PLACE_BYTES 300

enum state {
	STATE_BETWEEN, /* files */
	STATE_BEGUN,   /* what it is is not known yet */
	STATE_LINES,
	STATE_DOCUMENT,
};

struct results {
	const char *const *paths;
	size_t count, next;
	struct result_pool *pool;
	enum state state;
	int fd; /* -1: no file, or all of it is in the window */
	const char *name;
	struct buf window; /* as far as it was read */
	size_t used;       /* of the window */
	size_t line;       /* of the first byte that is not used */
	bool ended;        /* behind the window there is nothing */
	struct buf frame;  /* of a document, what was used of it without the results */
};

static struct results *results_blank(struct error *err)
{
	CLEANUP(results_freep) struct results *results = calloc(1, sizeof *results);

	if (results) {
		results->fd = -1;
		/* Twice: what is used is dropped only when the window is full. */
		results->window = (struct buf)BUF_INIT(2u * LIMIT_RECORD_BYTES);
		results->frame = (struct buf)BUF_INIT(LIMIT_RUN_BYTES);
		results->pool = result_pool_new();
	}
	if (results && results->pool)
		return TAKE(results);
	(void)error_set_memory(err);
	return NULL;
}

struct results *results_new(const char *const *paths, size_t count, struct error *err)
{
	struct results *results = results_blank(err);

	if (results) {
		results->paths = paths;
		results->count = count;
	}
	return results;
}

struct results *results_new_of_bytes(
	const char *name, const char *bytes, size_t len, struct error *err)
{
	CLEANUP(results_freep) struct results *results = results_blank(err);

	if (!results)
		return NULL;
	if (!buf_add(&results->window, bytes, len)) {
		(void)error_set_memory(err);
		return NULL;
	}
	results->name = name;
	results->line = 1;
	results->ended = true;
	results->state = STATE_BEGUN;
	return TAKE(results);
}

void results_free(struct results *results)
{
	if (!results)
		return;
	if (results->fd > STDIN_FILENO)
		(void)close(results->fd);
	buf_release(&results->window);
	buf_release(&results->frame);
	result_pool_free(results->pool);
	free(results);
}

/* REASON, with the file and the line in front. */
static bool fault(const struct results *results, const struct error *why, struct error *err)
{
	if (why->code == ERROR_MEMORY)
		return error_set_memory(err);
	return error_set(err, why->code, "%.*s:%zu: %s", PLACE_BYTES, results->name, results->line,
		why->text);
}

static bool fault_because(
	const struct results *results, enum error_code code, const char *reason, struct error *err)
{
	struct error why = { .code = ERROR_NONE };

	(void)error_set(&why, code, "%s", reason);
	return fault(results, &why, err);
}

static bool open_next(struct results *results, struct error *err)
{
	const char *path = results->paths[results->next++];
	bool standard = strcmp(path, "-") == 0;

	results->name = standard ? "standard input" : path;
	results->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (results->fd < 0)
		return error_set_errno(err, errno, "%s", path);
	results->line = 1;
	results->ended = false;
	results->state = STATE_BEGUN;
	return true;
}

/* The file is read to its end, and the next one is to come. */
static void close_this(struct results *results)
{
	if (results->fd > STDIN_FILENO)
		(void)close(results->fd);
	results->fd = -1;
	results->state = STATE_BETWEEN;
	results->used = 0;
	buf_clear(&results->window);
	buf_clear(&results->frame);
}

static const char *rest(const struct results *results, size_t *ret_len)
{
	*ret_len = results->window.len - results->used;
	return buf_text(&results->window) + results->used;
}

static void use(struct results *results, size_t len)
{
	size_t left;
	const char *at = rest(results, &left), *end = at + len;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		results->line++;
		at++;
	}
	results->used += len;
}

/* More of the file behind the window: as much again as is there, so that it comes to little. */
static bool fill(struct results *results, struct error *err)
{
	static const size_t most = LIMIT_RECORD_BYTES;
	size_t left = results->window.len - results->used;
	size_t want = left > CHUNK_BYTES ? left : CHUNK_BYTES;
	char chunk[CHUNK_BYTES];

	if (left > most)
		return fault_because(
			results, ERROR_LIMIT, PHRASE("this is longer than any record is"), err);
	buf_drop(&results->window, results->used);
	results->used = 0;
	while (want > 0 && !results->ended) {
		ssize_t got = read(results->fd, chunk, sizeof chunk);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, errno, "%s", results->name);
		results->ended = got == 0;
		if (!buf_add(&results->window, chunk, (size_t)got))
			return error_set_memory(err);
		want -= (size_t)got < want ? (size_t)got : want;
	}
	return true;
}

/* --- Lines --- */

static bool is_empty(const char *text, size_t len)
{
	while (len > 0 && result_is_blank(text[len - 1]))
		len--;
	return len == 0;
}

/* The line that comes next, as long as *RET_LEN without its end; false with ERR set, or when
 * there is none. */
static bool next_line(struct results *results, size_t *ret_len, bool *ret_whole, struct error *err)
{
	size_t looked = 0, len;

	for (;;) {
		const char *text = rest(results, &len);
		const char *end = len > looked ? memchr(text + looked, '\n', len - looked) : NULL;

		if (end || results->ended) {
			*ret_len = end ? (size_t)(end - text) : len;
			*ret_whole = end;
			return end || len > 0;
		}
		looked = len;
		if (!fill(results, err))
			return false;
	}
}

static struct verdict *read_line(struct results *results, struct error *err)
{
	size_t len, left;
	bool whole;

	while (next_line(results, &len, &whole, err)) {
		const char *text = rest(results, &left);
		struct error why = { .code = ERROR_NONE };

		if (!is_empty(text, len)) {
			struct verdict *verdict = result_read(results->pool, text, len, &why);
			if (verdict)
				use(results, len + whole);
			else if (!whole && why.code == ERROR_SYNTAX)
				(void)fault_because(results, ERROR_SYNTAX,
					PHRASE("the last record is cut off: the file is not whole"),
					err);
			else
				(void)fault(results, &why, err);
			return verdict;
		}
		use(results, len + whole);
	}
	return NULL;
}

/* --- Documents --- */

/* Over blanks and commas; false when nothing comes behind them. */
static bool skip_between(struct results *results, struct error *err)
{
	for (;;) {
		size_t len, skipped = 0;
		const char *text = rest(results, &len);

		while (skipped < len && (result_is_blank(text[skipped]) || text[skipped] == ','))
			skipped++;
		use(results, skipped);
		if (skipped < len)
			return true;
		if (results->ended)
			return fault_because(results, ERROR_SYNTAX,
				PHRASE("the document is cut off: the file is not whole"), err);
		if (!fill(results, err))
			return false;
	}
}

static bool add_frame(struct results *results, size_t len, struct error *err)
{
	size_t left;
	const char *text = rest(results, &left);

	if (!buf_add(&results->frame, text, len))
		return fault_because(results, ERROR_LIMIT,
			PHRASE("there is more around the results than a document has"), err);
	use(results, len);
	return true;
}

/* What stands behind the results. */
static bool end_document(struct results *results, struct error *err)
{
	struct error why = { .code = ERROR_NONE };
	size_t len;

	do {
		(void)rest(results, &len);
		if (!add_frame(results, len, err))
			return false;
		if (!results->ended && !fill(results, err))
			return false;
	} while (!results->ended || results->used < results->window.len);
	return result_document_check(&results->frame, &why) || fault(results, &why, err);
}

static struct verdict *read_element(struct results *results, struct error *err)
{
	struct error why = { .code = ERROR_NONE };
	struct result_cut cut = { .at = 0 };
	size_t len;

	if (!skip_between(results, err))
		return NULL;
	const char *text = rest(results, &len);
	if (*text == ']') {
		if (end_document(results, err))
			close_this(results);
		return NULL;
	}
	while (!result_cut_value(&cut, text, len)) {
		if (results->ended) {
			(void)fault_because(results, ERROR_SYNTAX,
				PHRASE("the last record is cut off: the file is not whole"), err);
			return NULL;
		}
		if (!fill(results, err))
			return NULL;
		text = rest(results, &len);
	}
	struct verdict *verdict = result_read(results->pool, text, cut.at, &why);
	if (verdict)
		use(results, cut.at);
	else
		(void)fault(results, &why, err);
	return verdict;
}

/* --- The beginning of a file --- */

static bool begin(struct results *results, struct error *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	enum result_shape shape = RESULT_SHAPE_OPEN;
	size_t len, at = 0;

	if (!results->ended && !fill(results, err))
		return false;
	const char *text = rest(results, &len);
	if (len >= 3 && memcmp(text, mark, 3) == 0)
		use(results, 3);
	for (;;) {
		text = rest(results, &len);
		shape = result_shape(text, len, &at);
		if (shape != RESULT_SHAPE_OPEN || results->ended)
			break;
		if (!fill(results, err))
			return false;
	}
	results->state = shape == RESULT_SHAPE_DOCUMENT ? STATE_DOCUMENT : STATE_LINES;
	return shape != RESULT_SHAPE_DOCUMENT || add_frame(results, at + 1, err);
}

struct verdict *results_next(struct results *results, struct error *err)
{
	struct error own = { .code = ERROR_NONE };
	struct verdict *verdict = NULL;

	while (!verdict && own.code == ERROR_NONE) {
		if (results->state == STATE_BETWEEN) {
			if (results->next == results->count)
				return NULL;
			if (!open_next(results, &own))
				break;
		}
		if (results->state == STATE_BEGUN && !begin(results, &own))
			break;
		verdict = results->state == STATE_LINES ? read_line(results, &own)
							: read_element(results, &own);
		if (!verdict && own.code == ERROR_NONE && results->state == STATE_LINES)
			close_this(results);
	}
	if (own.code != ERROR_NONE)
		(void)error_set(err, own.code, "%s", own.said);
	return verdict;
}
