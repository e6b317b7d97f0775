/* SPDX-License-Identifier: MIT */
#include "checker/tls/alert.h"

#include <stdio.h>

#include "checker/base/attr.h"
#include "checker/base/phrase.h"
#include "checker/tls/handshake.h"

static const struct {
	uint8_t code;
	bool of_old; /* servers send it that do not know what to make of a newer ClientHello */
	const char *name;
} alerts[] = {
	{ ALERT_CLOSE_NOTIFY, true, "close_notify" },
	{ ALERT_UNEXPECTED_MESSAGE, true, "unexpected_message" },
	{ ALERT_BAD_RECORD_MAC, false, "bad_record_mac" },
	{ 21, false, "decryption_failed" },
	{ ALERT_RECORD_OVERFLOW, false, "record_overflow" },
	{ 30, false, "decompression_failure" },
	{ ALERT_HANDSHAKE_FAILURE, true, "handshake_failure" },
	{ 41, false, "no_certificate" },
	{ ALERT_BAD_CERTIFICATE, false, "bad_certificate" },
	{ ALERT_UNSUPPORTED_CERTIFICATE, false, "unsupported_certificate" },
	{ 44, false, "certificate_revoked" },
	{ 45, false, "certificate_expired" },
	{ 46, false, "certificate_unknown" },
	{ ALERT_ILLEGAL_PARAMETER, true, "illegal_parameter" },
	{ 48, false, "unknown_ca" },
	{ 49, false, "access_denied" },
	{ ALERT_DECODE_ERROR, true, "decode_error" },
	{ ALERT_DECRYPT_ERROR, false, "decrypt_error" },
	{ 60, false, "export_restriction" },
	{ ALERT_PROTOCOL_VERSION, true, "protocol_version" },
	{ ALERT_INSUFFICIENT_SECURITY, true, "insufficient_security" },
	{ ALERT_INTERNAL_ERROR, true, "internal_error" },
	{ 86, false, "inappropriate_fallback" },
	{ ALERT_USER_CANCELED, false, "user_canceled" },
	{ 100, false, "no_renegotiation" },
	{ ALERT_MISSING_EXTENSION, false, "missing_extension" },
	{ ALERT_UNSUPPORTED_EXTENSION, true, "unsupported_extension" },
	{ 111, false, "certificate_unobtainable" },
	{ ALERT_UNRECOGNIZED_NAME, false, "unrecognized_name" },
	{ 113, false, "bad_certificate_status_response" },
	{ 114, false, "bad_certificate_hash_value" },
	{ 115, false, "unknown_psk_identity" },
	{ 116, false, "certificate_required" },
	{ 120, false, "no_application_protocol" },
	{ 121, false, "ech_required" },
};

const char *alert_name(unsigned code)
{
	for (size_t i = 0; i < ARRAY_LEN(alerts); i++)
		if (alerts[i].code == code)
			return alerts[i].name;
	return "unknown";
}

void alert_explain(unsigned code, struct handshake_failure *ret_failure)
{
	*ret_failure = (struct handshake_failure){
		.outcome = OUTCOME_HANDSHAKE,
		.passing = code == ALERT_INTERNAL_ERROR,
		.try_without_sni = code == ALERT_UNRECOGNIZED_NAME,
	};
	for (size_t i = 0; i < ARRAY_LEN(alerts); i++)
		if (alerts[i].code == code)
			ret_failure->try_legacy = alerts[i].of_old;
	phrase_say(ret_failure->said, sizeof ret_failure->said,
		"refused the handshake with the alert %s (%u)", alert_name(code), code);
	phrase_render(
		ret_failure->said, LANGUAGE_EN, ret_failure->message, sizeof ret_failure->message);
}
