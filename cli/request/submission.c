/* SPDX-License-Identifier: MIT */
#include "cli/request/submission.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/key/private_key.h"
#include "cli/options/options.h"
#include "cli/process/console.h"
#include "cli/process/passphrase.h"

#define FILE_BYTES 4096u

struct submission {
	struct passphrase reference, pin;
};

static void submission_release(struct submission *submission)
{
	passphrase_release(&submission->reference);
	passphrase_release(&submission->pin);
}

bool submission_fits(const char *text, unsigned digits)
{
	unsigned count = 0;

	for (; *text; text++) {
		if (*text >= '0' && *text <= '9')
			count++;
		else if (*text != ' ' && *text != '\t')
			return false;
	}
	return count == digits;
}

/* The next line that is not empty; false when there is none. */
static bool take_line(const char **at, struct passphrase *line)
{
	*at += strspn(*at, " \t\r\n");
	size_t len = strcspn(*at, "\r\n");

	if (len == 0 || len >= sizeof line->text)
		return false;
	memcpy(line->text, *at, len);
	line->text[len] = '\0';
	*at += len;
	return true;
}

static bool read_file(const char *path, struct submission *submission, struct error *err)
{
	CLEANUP(private_key_wipe) struct buf bytes = BUF_INIT(FILE_BYTES);

	if (!buf_read_file(&bytes, path, err))
		return false;
	const char *at = buf_text(&bytes);
	return (take_line(&at, &submission->reference) && take_line(&at, &submission->pin)) ||
	       error_set(err, ERROR_SYNTAX,
		       "%s: the reference number and the PIN have to stand in it, a line each",
		       path);
}

bool submission_check(const struct options *options, bool *ret_fits, struct error *err)
{
	CLEANUP(submission_release) struct submission submission = { .pin = { "" } };
	enum language language = options->language;
	bool reference, pin;

	if (strcmp(options->csr.reference, "-") != 0) {
		if (!read_file(options->csr.reference, &submission, err))
			return false;
	} else if (!passphrase_ask(
			   lang_text(language, "Reference number:"), &submission.reference, err) ||
		   !passphrase_ask(lang_text(language, "PIN:"), &submission.pin, err)) {
		return false;
	}
	reference = submission_fits(submission.reference.text, SUBMISSION_REFERENCE);
	pin = submission_fits(submission.pin.text, SUBMISSION_PIN);
	if (!reference)
		console_warn(&options->console, "the reference number does not have %d digits",
			SUBMISSION_REFERENCE);
	if (!pin)
		console_warn(&options->console, "the PIN does not have %d digits", SUBMISSION_PIN);
	*ret_fits = reference && pin;
	return true;
}
