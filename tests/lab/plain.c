/* SPDX-License-Identifier: MIT */
#include "tests/lab/plain.h"

#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

#define LINE 512        /* RFC 5321, 4.5.3.1.4 */
#define COMMANDS 10     /* before it is over */
#define BYTE_PAUSE_MS 4 /* between the bytes of a slow greeting */

static bool send_bytes(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes += sent;
		len -= (size_t)sent;
	}
	return true;
}

bool plain_send(int fd, const char *text)
{
	return send_bytes(fd, text, strlen(text));
}

static bool has_spoken(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return poll(&pollfd, 1, 0) > 0;
}

/* Byte by byte, so that nothing that belongs to TLS is ever taken from the socket. */
static bool read_line(int fd, char line[static LINE])
{
	size_t len = 0;

	while (len + 1 < LINE && recv(fd, line + len, 1, 0) == 1) {
		if (line[len] != '\n') {
			len++;
			continue;
		}
		line[len] = '\0';
		if (len > 0 && line[len - 1] == '\r')
			line[len - 1] = '\0';
		return true;
	}
	return false;
}

static bool is_command(const char *line, const char *command)
{
	size_t len = strlen(command);

	return !strncasecmp(line, command, len) && (!line[len] || line[len] == ' ');
}

/* The answer that begins TLS; whoever sends more before it is injecting (CVE-2011-0411). */
static bool begin(int fd, const char *text)
{
	return !has_spoken(fd) && plain_send(fd, text);
}

static bool greet_slowly(int fd, const char *host)
{
	char text[600];
	const struct timespec pause = { .tv_sec = 0, .tv_nsec = BYTE_PAUSE_MS * 1000000L };

	snprintf(text, sizeof text,
		"220-%s ESMTP\r\n220-220 is not the end of it\r\n"
		"220-No commercial mail.\r\n220 Ready\r\n",
		host);
	for (const char *at = text; *at; at++) {
		if (has_spoken(fd))
			return plain_send(fd, "554 5.5.1 You spoke too early\r\n") && false;
		if (!send_bytes(fd, at, 1))
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

static bool greet_smtp(int fd, enum speech speech, const char *host)
{
	char text[400];

	if (speech == SPEECH_SMTP_SLOW)
		return greet_slowly(fd, host);
	snprintf(text, sizeof text, "220 %s ESMTP%s\r\n", host,
		speech == SPEECH_SMTP_HOSTILE ? " \x1b]0;owned\x07\x1b[2J\x1b[31m \xe2\x80\xae"
						"gnp.exe \xff\xfe{\"status\":\"ok\"}"
					      : "");
	return plain_send(fd, text);
}

static bool answer_ehlo(int fd, enum speech speech, const char *host)
{
	char text[400];

	snprintf(text, sizeof text, "250-%s\r\n250-SIZE 10240000\r\n%s250 HELP\r\n", host,
		speech == SPEECH_SMTP_PLAIN ? "" : "250-STARTTLS\r\n");
	return plain_send(fd, text);
}

static bool talk_smtp(int fd, enum speech speech, const char *host)
{
	char line[LINE];
	bool known = false;

	if (!greet_smtp(fd, speech, host))
		return false;
	for (int i = 0; i < COMMANDS && read_line(fd, line); i++) {
		if (is_command(line, "EHLO")) {
			known = answer_ehlo(fd, speech, host);
		} else if (is_command(line, "STARTTLS") && speech == SPEECH_SMTP_HOSTILE) {
			plain_send(
				fd, "454 4.7.0 \x1b[1;1H\x1b[41m not\xe2\x80\xa8now \xc3\x28\r\n");
		} else if (is_command(line, "STARTTLS") && known && speech != SPEECH_SMTP_PLAIN) {
			return begin(fd, "220 2.0.0 Ready to start TLS\r\n");
		} else if (is_command(line, "QUIT")) {
			plain_send(fd, "221 2.0.0 Bye\r\n");
			return false;
		} else {
			plain_send(fd, "503 5.5.1 Not now\r\n");
		}
	}
	return false;
}

static bool talk_imap(int fd, const char *host)
{
	char line[LINE], tag[64], command[64], text[400];

	snprintf(text, sizeof text, "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] %s\r\n",
		host);
	if (!plain_send(fd, text))
		return false;
	for (int i = 0; i < COMMANDS && read_line(fd, line); i++) {
		if (sscanf(line, "%63s %63s", tag, command) != 2)
			return false;
		if (!strcasecmp(command, "CAPABILITY"))
			snprintf(text, sizeof text,
				"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n%s OK done\r\n",
				tag);
		else if (!strcasecmp(command, "STARTTLS"))
			snprintf(text, sizeof text, "%s OK begin TLS\r\n", tag);
		else
			snprintf(text, sizeof text, "%s BAD not now\r\n", tag);
		if (!strcasecmp(command, "STARTTLS"))
			return begin(fd, text);
		if (!plain_send(fd, text))
			return false;
	}
	return false;
}

static bool talk_pop3(int fd, const char *host)
{
	char line[LINE], text[400];

	snprintf(text, sizeof text, "+OK %s ready\r\n", host);
	if (!plain_send(fd, text))
		return false;
	for (int i = 0; i < COMMANDS && read_line(fd, line); i++) {
		if (is_command(line, "STLS"))
			return begin(fd, "+OK begin TLS\r\n");
		if (is_command(line, "CAPA"))
			plain_send(fd, "+OK\r\nSTLS\r\nUIDL\r\n.\r\n");
		else
			plain_send(fd, "-ERR not now\r\n");
	}
	return false;
}

bool plain_talk(int fd, enum speech speech, const char *host)
{
	switch (speech) {
	case SPEECH_NONE:
		return true;
	case SPEECH_SMTP:
	case SPEECH_SMTP_SLOW:
	case SPEECH_SMTP_PLAIN:
	case SPEECH_SMTP_HOSTILE:
		return talk_smtp(fd, speech, host);
	case SPEECH_IMAP:
		return talk_imap(fd, host);
	case SPEECH_POP3:
		return talk_pop3(fd, host);
	}
	return false;
}
