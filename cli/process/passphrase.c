/* SPDX-License-Identifier: MIT */
#include "cli/process/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/key/private_key.h"

#define TRIES 3
#define FILE_BYTES 65536u

enum control {
	CONTROL_INTERRUPT = 3,
	CONTROL_END = 4,
	CONTROL_BACK = 8,
	CONTROL_KILL = 21,
	CONTROL_DELETE = 127
};

void passphrase_release(struct passphrase *passphrase)
{
	private_key_wipe_bytes(passphrase, sizeof *passphrase);
}

bool passphrase_read(const char *path, struct passphrase *passphrase, struct error *err)
{
	CLEANUP(private_key_wipe) struct buf bytes = BUF_INIT(FILE_BYTES);

	if (!buf_read_file(&bytes, path, err))
		return false;
	size_t len = strcspn(buf_text(&bytes), "\r\n");
	if (len == 0)
		return error_set(err, ERROR_SYNTAX, "%s: its first line is empty", path);
	if (len >= sizeof passphrase->text)
		return error_set(err, ERROR_LIMIT, "%s: its first line is longer than %d bytes",
			path, PASSPHRASE_BYTES - 1);
	memcpy(passphrase->text, buf_text(&bytes), len);
	passphrase->text[len] = '\0';
	return true;
}

/* --- The terminal --- */

/* One byte more; false when it ends here. */
static bool take(struct passphrase *passphrase, size_t *len, unsigned char byte)
{
	switch (byte) {
	case '\r':
	case '\n':
	case CONTROL_END:
		return false;
	case CONTROL_BACK:
	case CONTROL_DELETE:
		/* A character, which may have several bytes. */
		while (*len > 0 && (passphrase->text[--*len] & 0xc0) == 0x80)
			;
		return true;
	case CONTROL_KILL:
		*len = 0;
		return true;
	default:
		if (*len + 1 < sizeof passphrase->text)
			passphrase->text[(*len)++] = (char)byte;
		return true;
	}
}

static bool read_line(int fd, struct passphrase *passphrase, struct error *err)
{
	size_t len = 0;
	unsigned char byte = 0;
	ssize_t got;

	do {
		got = read(fd, &byte, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, errno, "the terminal cannot be read");
		if (got > 0 && byte == CONTROL_INTERRUPT)
			return error_set(err, ERROR_USAGE, "interrupted");
	} while (got != 0 && take(passphrase, &len, byte));
	passphrase->text[len] = '\0';
	return len > 0 || error_set(err, ERROR_USAGE, "nothing was typed");
}

/* Nothing of it may depend on signals: a terminal that is left without echo is a nuisance. */
static bool ask_on(int fd, const char *prompt, struct passphrase *passphrase, struct error *err)
{
	struct termios usual, silent;

	if (tcgetattr(fd, &usual) != 0)
		return error_set_errno(err, errno, "the terminal cannot be set up");
	silent = usual;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	silent.c_cc[VMIN] = 1;
	silent.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSAFLUSH, &silent) != 0)
		return error_set_errno(err, errno, "the terminal cannot be set up");
	(void)dprintf(fd, "%s ", prompt);
	bool good = read_line(fd, passphrase, err);
	(void)tcsetattr(fd, TCSAFLUSH, &usual);
	(void)dprintf(fd, "\n");
	return good;
}

bool passphrase_ask(const char *prompt, struct passphrase *passphrase, struct error *err)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_set(
			err, ERROR_USAGE, "there is no terminal to ask on; a file has to hold it");
	bool good = ask_on(fd, prompt, passphrase, err);
	(void)close(fd);
	return good;
}

bool passphrase_ask_new(
	enum language language, const char *what, struct passphrase *passphrase, struct error *err)
{
	CLEANUP(passphrase_release) struct passphrase again = { "" };

	for (int i = 0; i < TRIES; i++) {
		if (!passphrase_ask(what, passphrase, err) ||
			!passphrase_ask(lang_text(language, "The same once more:"), &again, err))
			return false;
		if (strcmp(passphrase->text, again.text) == 0)
			return true;
	}
	return error_set(err, ERROR_USAGE, "the two were not the same");
}
