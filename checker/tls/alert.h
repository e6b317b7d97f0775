/* SPDX-License-Identifier: MIT */
/*
 * alert - TLS alerts (RFC 8446, 6; RFC 5246, 7.2): their names, and what they tell about a server
 */
#ifndef CHECKER_TLS_ALERT_H
#define CHECKER_TLS_ALERT_H

#include <stdint.h>

struct handshake_failure;

enum alert {
	ALERT_CLOSE_NOTIFY = 0,
	ALERT_UNEXPECTED_MESSAGE = 10,
	ALERT_BAD_RECORD_MAC = 20,
	ALERT_RECORD_OVERFLOW = 22,
	ALERT_HANDSHAKE_FAILURE = 40,
	ALERT_BAD_CERTIFICATE = 42,
	ALERT_UNSUPPORTED_CERTIFICATE = 43,
	ALERT_ILLEGAL_PARAMETER = 47,
	ALERT_DECODE_ERROR = 50,
	ALERT_DECRYPT_ERROR = 51,
	ALERT_PROTOCOL_VERSION = 70,
	ALERT_INSUFFICIENT_SECURITY = 71,
	ALERT_INTERNAL_ERROR = 80,
	ALERT_USER_CANCELED = 90,
	ALERT_MISSING_EXTENSION = 109,
	ALERT_UNSUPPORTED_EXTENSION = 110,
	ALERT_UNRECOGNIZED_NAME = 112,
};

#define ALERT_WARNING 1
#define ALERT_FATAL 2

/* "handshake_failure" as the RFCs write it; "unknown" for a code that has no name. */
const char *alert_name(unsigned code);

/* What the server said with it when it refused the handshake, and what may help. */
void alert_explain(unsigned code, struct handshake_failure *ret_failure);

#endif
