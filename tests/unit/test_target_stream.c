/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/checksum.h"
#include "checker/target/target_reader.h"
#include "checker/target/target_stream.h"
#include "tests/target_text.h"

#define MOST (64u << 20)

static const struct target_options strict = { .skip_bad_input = false };
static const struct target_options lenient = { .skip_bad_input = true };

/* All that was handed out, one a line, and the error if there was one. */
static void drain(struct target_stream *stream, struct buf *out)
{
	struct error err = { .code = ERROR_NONE };
	struct target *target;
	size_t number = 0;

	while ((target = target_stream_next(stream, &err))) {
		target_text(target, out);
		(void)buf_addf(out, " [%s %zu %zu]", target->source, target->number, target->mates);
		cr_expect_eq(target->number, number++);
		cr_expect_eq(atomic_load(&target->refs), 1u);
		target_unref(target);
	}
	cr_expect_null(target_stream_next(stream, &err), "it stays over");
	if (err.code != ERROR_NONE)
		(void)buf_addf(out, "\n%s", err.text);
	else
		cr_expect_eq(number, target_stream_count(stream));
}

static void read_stream(struct target_stream *stream, struct buf *out)
{
	struct error err = { .code = ERROR_NONE };

	if (target_stream_prepare(stream, &err))
		drain(stream, out);
	else
		(void)buf_addf(out, "\n%s", err.text);
}

static size_t mates_of(const struct target_list *list, size_t number)
{
	const struct target *target = target_list_at(list, number);
	size_t mates = 0;

	for (size_t i = 0; i < target_list_count(list); i++) {
		const struct target *other = target_list_at(list, i);

		mates += !other->fault && strcmp(other->host, target->host) == 0 &&
			 other->port == target->port && other->protocol == target->protocol;
	}
	return target->fault ? 1 : mates;
}

static void describe(const struct target_list *list, struct buf *out)
{
	for (size_t i = 0; i < target_list_count(list); i++) {
		const struct target *target = target_list_at(list, i);

		target_text(target, out);
		(void)buf_addf(out, " [%s %zu %zu]", target->source, i, mates_of(list, i));
	}
}

/* --- The same as a list --- */

/* xorshift32: the same lists on every machine. */
static unsigned dice(uint32_t *state, unsigned sides)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % sides;
}

static void make_labels(struct buf *out, uint32_t *state)
{
	unsigned first = dice(state, 60), count = dice(state, 8) == 0 ? 40 : dice(state, 4);

	for (unsigned i = 0; i < count; i++)
		(void)buf_addf(out, ",\"label%u\":\"%u\"", first + i, dice(state, 9));
}

/* A place to connect to; few enough that many come again. */
static void make_host(struct buf *out, uint32_t *state)
{
	static const char *const forms[] = { "h%u.example", "H%u.Example:443", "h%u.example:8443",
		"smtp://h%u.example", "h%u.example@127.0.0.%u", "127.1.%u.0/29",
		"127.1.%u.0/30:8443", "127.1.%u.3", "[2001:db8::%u]:443", "\xe4\xbe\x8b%u.hk",
		"imaps://127.1.%u.2@127.9.9.9" };
	const char *form = forms[dice(state, ARRAY_LEN(forms))];
	unsigned a = dice(state, 12), b = dice(state, 3);

	for (; *form; form++) {
		if (form[0] != '%') {
			(void)buf_add_char(out, *form);
			continue;
		}
		(void)buf_addf(out, "%u", out->len > 0 && out->data[out->len - 1] == '.' ? b : a);
		form++;
	}
}

static void make_line(struct buf *out, uint32_t *state, bool json, bool bad)
{
	static const char *const faults[] = { "two words", "h:99999", "{\"host\":7}", "\xff" };

	if (bad && dice(state, 9) == 0) {
		(void)buf_add_text(out, faults[dice(state, ARRAY_LEN(faults))]);
	} else if (dice(state, 12) == 0) {
		(void)buf_add_text(out, "# ");
		for (unsigned i = dice(state, 4000); i > 0; i--)
			(void)buf_add_text(out, "filler ");
	} else if (json) {
		(void)buf_add_text(out, "{\"host\":\"");
		make_host(out, state);
		(void)buf_add_text(out, "\"");
		make_labels(out, state);
		(void)buf_add_text(out, "}");
	} else {
		make_host(out, state);
	}
	(void)buf_add_text(out, dice(state, 5) == 0 ? "\r\n" : "\n");
}

static void make_csv(struct buf *out, uint32_t *state, bool bad)
{
	(void)buf_add_text(out, "# a comment\nhost,owner,\"two\nlines\"\n");
	for (unsigned i = dice(state, 400); i > 0; i--) {
		make_host(out, state);
		(void)buf_addf(out, ",team %u,", dice(state, 3));
		if (dice(state, 30) == 0) {
			(void)buf_add_char(out, '"');
			for (unsigned k = dice(state, 9000); k > 0; k--)
				(void)buf_add_text(out, "\"\"a\nb");
			(void)buf_add_text(out, bad && dice(state, 5) == 0 ? "" : "\"");
		}
		(void)buf_add_text(out, "\n");
	}
}

static void make_list(struct buf *out, uint32_t *state, bool bad)
{
	unsigned kind = dice(state, 3);

	if (kind == 0) {
		make_csv(out, state, bad);
		return;
	}
	if (kind == 1)
		(void)buf_add_text(out, "{\"host\":\"first.example\"}\n");
	for (unsigned i = dice(state, 400); i > 0; i--)
		make_line(out, state, kind == 1, bad);
}

struct file {
	char path[64];
};

static void file_write(struct file *file, const char *bytes, size_t len)
{
	(void)snprintf(file->path, sizeof file->path, "/tmp/chainmend-stream-XXXXXX");
	int fd = mkstemp(file->path);

	cr_assert_geq(fd, 0);
	while (len > 0) {
		ssize_t done = write(fd, bytes, len);
		cr_assert_gt(done, 0);
		bytes += done;
		len -= (size_t)done;
	}
	(void)close(fd);
}

/* The same list three ways: kept, from a file through the window, and from memory. */
static void compare(uint32_t seed, const struct target_options *options)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(MOST), want = BUF_INIT(MOST);
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	static const char *const arguments[] = { "h1.example", "127.1.3.0/28", "h1.example" };
	struct error err = { .code = ERROR_NONE };
	uint32_t state = seed * 2654435761u + 1;
	struct file file;
	bool good = true;

	make_list(&bytes, &state, options->skip_bad_input || dice(&state, 4) == 0);
	file_write(&file, buf_text(&bytes), bytes.len);
	for (size_t i = 0; i < ARRAY_LEN(arguments); i++)
		good = good && target_list_add_argument(list, arguments[i], i + 1, options, &err);
	if (good &&
		target_list_add_bytes(list, file.path, buf_text(&bytes), bytes.len, options, &err))
		describe(list, &want);
	else
		(void)buf_addf(&want, "\n%s", err.text);
	for (int window = 0; window <= 1; window++) {
		CLEANUP(buf_release) struct buf got = BUF_INIT(MOST);
		CLEANUP(target_stream_freep)
		struct target_stream *stream = target_stream_new(options, NULL);

		for (size_t i = 0; i < ARRAY_LEN(arguments); i++)
			cr_assert(target_stream_add_argument(stream, arguments[i], i + 1, NULL));
		cr_assert(window ? target_stream_add_file(stream, file.path, NULL)
				 : target_stream_add_bytes(
					   stream, file.path, buf_text(&bytes), bytes.len, NULL));
		read_stream(stream, &got);
		cr_assert_str_eq(buf_text(&got), buf_text(&want), "list %u, %s", seed,
			window ? "through the window" : "from memory");
		if (err.code == ERROR_NONE)
			cr_expect_eq(
				target_stream_duplicates(stream), target_list_duplicates(list));
	}
	(void)unlink(file.path);
}

Test(target_stream, is_what_a_list_is)
{
	for (uint32_t seed = 0; seed < 60; seed++) {
		compare(seed, &strict);
		compare(seed, &lenient);
	}
}

/* --- What it is made of --- */

Test(target_stream, checksum)
{
	/* FIPS 180-4's example, in two pieces, and that it begins anew. */
	static const char want[] =
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	CLEANUP(checksum_freep) struct checksum *checksum = checksum_new();
	uint8_t hash[CHECKSUM_BYTES];
	char text[CHECKSUM_TEXT];

	for (int i = 0; i < 2; i++) {
		checksum_add(checksum, "a", 1);
		checksum_add(checksum, "bc", 2);
		cr_assert(checksum_end(checksum, hash));
		text_from_bytes(hash, sizeof hash, text);
		cr_expect_str_eq(text, want);
	}
}

static const struct {
	const char *descr, *first, *second;
	bool same;
} hashes[] = {
	{ "the same", "a\nb\n", "a\nb\n", true },
	{ "other words for it", "# x\nA.\n\nhttps://b\n", "a\nb:443\n", true },
	{ "another order", "a\nb\n", "b\na\n", false },
	{ "one more", "a\n", "a\nb\n", false },
	{ "another port", "a\n", "a:444\n", false },
	{ "another protocol", "tls://a\n", "a\n", false },
	{ "a label", "host,x\na,1\n", "host,x\na,2\n", false },
	{ "the name of a label", "host,x\na,1\n", "host,y\na,1\n", false },
	{ "an address", "a@127.0.0.1\n", "a@127.0.0.2\n", false },
	{ "a bad line", "a\nb b\n", "a\nb c\n", false },
	{ "nothing", "", "# nothing\n", true },
};

Test(target_stream, hash)
{
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		uint8_t hash[2][32];

		for (int k = 0; k < 2; k++) {
			const char *text = k ? hashes[i].second : hashes[i].first;
			CLEANUP(target_stream_freep)
			struct target_stream *stream = target_stream_new(&lenient, NULL);

			cr_assert(target_stream_add_bytes(
				stream, k ? "b" : "a", text, strlen(text), NULL));
			cr_assert(target_stream_prepare(stream, NULL));
			target_stream_hash(stream, hash[k]);
		}
		cr_expect_eq(
			memcmp(hash[0], hash[1], 32) == 0, hashes[i].same, "%s", hashes[i].descr);
	}
}

/* --- Where it comes from --- */

static void *feed(void *arg)
{
	int fd = open(arg, O_WRONLY);

	for (int i = 0; fd >= 0 && i < 20000; i++) {
		char line[32];
		int len = snprintf(line, sizeof line, "h%d.example\n", i);
		ssize_t done = write(fd, line, (size_t)len);
		cr_assert_eq(done, (ssize_t)len);
	}
	if (fd >= 0)
		(void)close(fd);
	return NULL;
}

Test(target_stream, a_fifo_is_read_once)
{
	char path[] = "/tmp/chainmend-fifo-XXXXXX";
	struct error err = { .code = ERROR_NONE };
	struct target *target;
	pthread_t thread;
	size_t count = 0;

	cr_assert(mkdtemp(path));
	char fifo[64];
	(void)snprintf(fifo, sizeof fifo, "%s/fifo", path);
	cr_assert_eq(mkfifo(fifo, 0600), 0);
	cr_assert_eq(pthread_create(&thread, NULL, feed, fifo), 0);
	CLEANUP(target_stream_freep)
	struct target_stream *stream = target_stream_new(&strict, &err);
	cr_assert(target_stream_add_file(stream, fifo, &err));
	cr_assert(target_stream_prepare(stream, &err), "%s", err.text);
	(void)pthread_join(thread, NULL);
	(void)unlink(fifo);
	(void)rmdir(path);
	while ((target = target_stream_next(stream, &err))) {
		target_unref(target);
		count++;
	}
	cr_expect_eq(err.code, ERROR_NONE, "%s", err.text);
	cr_expect_eq(count, (size_t)20000);
}

static const struct {
	const char *descr, *before, *after;
} changes[] = {
	{ "longer", "a\nb\n", "a\nb\nc\n" },
	{ "shorter", "a\nb\n", "a\n" },
	{ "as long, another name", "a\nb\n", "a\nc\n" },
	{ "as long, no target any more", "a\nb\n", "a\n:\n" },
	{ "as long, the same again", "a\nb\n", "a\na\n" },
	{ "empty", "a\nb\n", "" },
};

Test(target_stream, a_file_that_changes_is_an_error)
{
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct error err = { .code = ERROR_NONE };
		struct target *target;
		struct file file;
		CLEANUP(target_stream_freep)
		struct target_stream *stream = target_stream_new(&strict, NULL);

		file_write(&file, changes[i].before, strlen(changes[i].before));
		cr_assert(target_stream_add_file(stream, file.path, &err));
		cr_assert(target_stream_prepare(stream, &err), "%s", err.text);
		FILE *again = fopen(file.path, "w");
		cr_assert(again && fputs(changes[i].after, again) >= 0 && fclose(again) == 0);
		while ((target = target_stream_next(stream, &err)))
			target_unref(target);
		cr_expect_eq(err.code, ERROR_IO, "%s", changes[i].descr);
		cr_expect(strstr(err.text, "changed during the scan") ||
				  strstr(err.text, "cut short"),
			"%s: %s", changes[i].descr, err.text);
		(void)unlink(file.path);
	}
}

Test(target_stream, what_cannot_be_opened)
{
	static const char *const paths[] = { "/nonexistent/list", "/tmp" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct error err = { .code = ERROR_NONE };
		CLEANUP(target_stream_freep)
		struct target_stream *stream = target_stream_new(&strict, NULL);

		cr_assert(target_stream_add_file(stream, paths[i], &err));
		cr_expect_not(target_stream_prepare(stream, &err));
		cr_expect(strncmp(err.text, paths[i], strlen(paths[i])) == 0, "%s", err.text);
	}
}

/* A line longer than the window is one line, whatever comes in pieces. */
Test(target_stream, long_lines)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(MOST), got = BUF_INIT(MOST);
	CLEANUP(target_stream_freep)
	struct target_stream *stream = target_stream_new(&lenient, NULL);
	struct file file;

	(void)buf_add_text(&bytes, "a\nb");
	for (int i = 0; i < 1000000; i++)
		(void)buf_add_char(&bytes, 'x');
	(void)buf_add_text(&bytes, "\n#");
	for (int i = 0; i < 1000000; i++)
		(void)buf_add_char(&bytes, 'y');
	(void)buf_add_text(&bytes, "\nc\n");
	file_write(&file, buf_text(&bytes), bytes.len);
	cr_assert(target_stream_add_file(stream, file.path, NULL));
	cr_assert(target_stream_prepare(stream, NULL));
	cr_expect_eq(target_stream_count(stream), (size_t)3);
	drain(stream, &got);
	cr_expect(strstr(buf_text(&got), "2 BAD bxx") && strstr(buf_text(&got), "4 https://c:443"),
		"%.200s", buf_text(&got));
	cr_expect(strstr(buf_text(&got), ":2:1: the line is longer than 65536 bytes"));
	(void)unlink(file.path);
}

/* --- Memory --- */

enum way { WAY_TEXT, WAY_CSV, WAY_NDJSON, WAY_RANGE, WAY_COUNT };

static void write_lines(const char *path, enum way way, unsigned count)
{
	FILE *file = fopen(path, "w");

	cr_assert(file);
	if (way == WAY_CSV)
		(void)fputs("host,owner\n", file);
	for (unsigned i = 0; way != WAY_RANGE && i < count; i++)
		(void)fprintf(file,
			way == WAY_TEXT  ? "host-%u.example\n"
			: way == WAY_CSV ? "host-%u.example,somebody\n"
					 : "{\"host\":\"host-%u.example\",\"owner\":\"me\"}\n",
			i);
	if (way == WAY_RANGE)
		(void)fprintf(file, "10.0.0.0/%u\n", count > 100000 ? 12 : 18);
	cr_assert_eq(fclose(file), 0);
}

/* The most memory that a process of its own has had which reads all of it, in KiB; -1: it failed.
 */
static long peak_of(const char *path)
{
	long peak = -1;
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		struct target_stream *stream = target_stream_new(&strict, NULL);
		struct rusage usage = { 0 };
		struct target *target;
		bool good = stream && target_stream_add_file(stream, path, NULL) &&
			    target_stream_prepare(stream, NULL);

		while (good && (target = target_stream_next(stream, NULL)))
			target_unref(target);
		(void)getrusage(RUSAGE_SELF, &usage);
		peak = good ? usage.ru_maxrss : -1;
		good = write(ends[1], &peak, sizeof peak) == (ssize_t)sizeof peak;
		_exit(!good);
	}
	(void)close(ends[1]);
	cr_assert_eq(read(ends[0], &peak, sizeof peak), (ssize_t)sizeof peak);
	(void)close(ends[0]);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	return peak;
}

Test(target_stream, a_million_lines_cost_no_memory)
{
	static const char path[] = "/tmp/chainmend-million";
	const unsigned many = 1000000, few = 10000;

#if defined(__SANITIZE_ADDRESS__)
	cr_skip("the sanitizer has memory of its own");
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
	cr_skip("the sanitizer has memory of its own");
#endif
#endif
	for (enum way way = 0; way < WAY_COUNT; way++) {
		write_lines(path, way, few);
		long small = peak_of(path);
		write_lines(path, way, many);
		long large = peak_of(path);

		cr_assert(small > 0 && large > 0);
		cr_expect_lt(large - small, 8 * 1024, "way %u: %ld and %ld KiB", way, small, large);
	}
	(void)unlink(path);
}
