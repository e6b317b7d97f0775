/* SPDX-License-Identifier: MIT */
#include "cli/key/keytool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/key/private_key.h"
#include "cli/process/child.h"

#define SECONDS_MOST 120 /* a virtual machine has to start, maybe on a busy machine */
#define WORDS_BYTES 65536u
#define VARIABLE "CHAINMEND_KEYSTORE_PASSWORD"

/* Files of one conversion. */
struct place {
	char folder[256];
	struct buf pfx, jks, words; /* paths */
};

static void place_release(struct place *place)
{
	struct buf *const paths[] = { &place->pfx, &place->jks, &place->words };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (paths[i]->len > 0)
			(void)unlink(buf_text(paths[i]));
		buf_release(paths[i]);
	}
	if (place->folder[0])
		(void)rmdir(place->folder);
}

static bool place_make(struct place *place, struct error *err)
{
	const char *base = getenv("TMPDIR");
	CLEANUP(buf_release) struct buf folder = BUF_INIT(sizeof place->folder - 1);

	*place = (struct place){
		.pfx = BUF_INIT(512), .jks = BUF_INIT(512), .words = BUF_INIT(512)
	};
	if (!buf_addf(&folder, "%s/chainmend-XXXXXX", base && *base ? base : "/tmp"))
		return error_set(err, ERROR_LIMIT, "TMPDIR names a folder that is too long");
	if (!mkdtemp(folder.data)) /* mode 0700 */
		return error_set_errno(err, errno, "%s: cannot be made", buf_text(&folder));
	memcpy(place->folder, folder.data, folder.len + 1);
	return (buf_addf(&place->pfx, "%s/from.p12", place->folder) &&
		       buf_addf(&place->jks, "%s/to.jks", place->folder) &&
		       buf_addf(&place->words, "%s/words", place->folder)) ||
	       error_set_memory(err);
}

static int create(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static bool put(const char *path, const struct buf *bytes, struct error *err)
{
	int fd = create(path);
	size_t done = 0;

	while (fd >= 0 && done < bytes->len) {
		ssize_t wrote = write(fd, bytes->data + done, bytes->len - done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			break;
		done += (size_t)wrote;
	}
	bool good = fd >= 0 && done == bytes->len;
	int why = errno;

	if (fd >= 0)
		(void)close(fd);
	return good || error_set_errno(err, why, "%s: cannot be written", path);
}

static bool is_for_java(const char *entry)
{
	static const char *const names[] = { "PATH=", "HOME=", "JAVA_HOME=", "TMPDIR=" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strncmp(entry, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

extern char **environ;

static enum child_end run(const struct place *place, const char *alias, const char *secret,
	int output, int *ret_status)
{
	const char *const words[] = { "keytool", "-importkeystore", "-noprompt", "-srckeystore",
		buf_text(&place->pfx), "-srcstoretype", "PKCS12", "-srcstorepass:env", VARIABLE,
		"-srcalias", alias, "-destkeystore", buf_text(&place->jks), "-deststoretype", "JKS",
		"-deststorepass:env", VARIABLE, "-destkeypass:env", VARIABLE, "-destalias", alias,
		NULL };
	const char *environment[8] = { secret, "LC_ALL=C.UTF-8" };
	size_t count = 2;
	int input = open("/dev/null", O_RDONLY | O_CLOEXEC);

	for (char **at = environ; *at && count + 1 < ARRAY_LEN(environment); at++)
		if (is_for_java(*at))
			environment[count++] = *at;
	if (input < 0)
		return CHILD_UNKNOWN;
	enum child_end end = child_run(&(struct child){ .words = words,
					       .environment = environment,
					       .input = input,
					       .output = output,
					       .seconds = SECONDS_MOST },
		ret_status);
	int why = errno;

	(void)close(input);
	errno = why;
	return end;
}

/* The first line that says what is wrong. */
static bool say_words(const struct place *place, struct error *err)
{
	static const char mark[] = "keytool error: ";
	CLEANUP(buf_release) struct buf words = BUF_INIT(WORDS_BYTES);
	char line[300];

	if (!buf_read_file(&words, buf_text(&place->words), err))
		return false;
	const char *at = strstr(buf_text(&words), mark);
	at = at ? at + strlen(mark) : buf_text(&words);
	text_printable(at, strcspn(at, "\r\n"), line, sizeof line);
	return error_set(err, ERROR_IO, "keytool: %s", line[0] ? line : "failed without a word");
}

static bool convert(struct place *place, const char *alias, const char *password, struct buf *out,
	struct error *err)
{
	CLEANUP(private_key_wipe) struct buf secret = BUF_INIT(4096);
	int status = 0, output = create(buf_text(&place->words));

	if (output < 0)
		return error_set_errno(
			err, errno, "%s: cannot be written", buf_text(&place->words));
	if (!buf_addf(&secret, "%s=%s", VARIABLE, password)) {
		(void)close(output);
		return error_set_memory(err);
	}
	enum child_end end = run(place, alias, buf_text(&secret), output, &status);
	int why = errno;

	(void)close(output);
	if (end == CHILD_UNKNOWN && why == ENOENT)
		return error_set(err, ERROR_IO,
			"a JKS key store takes Java's program keytool, which is not installed "
			"here; --to pkcs12 makes one that Java reads as well");
	if (end == CHILD_UNKNOWN)
		return error_set_errno(err, why, "keytool");
	if (end == CHILD_KILLED)
		return error_set(err, ERROR_IO, "keytool: still running after %d seconds, killed",
			SECONDS_MOST);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return say_words(place, err);
	return buf_read_file(out, buf_text(&place->jks), err);
}

bool keytool_convert(const struct buf *pfx, const char *alias, const char *password,
	struct buf *out, struct error *err)
{
	CLEANUP(place_release) struct place place = { .folder = "" };

	return place_make(&place, err) && put(buf_text(&place.pfx), pfx, err) &&
	       convert(&place, alias, password, out, err);
}
