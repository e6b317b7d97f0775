/* SPDX-License-Identifier: MIT */
#include "reports/machine/sarif_rules.h"

#include <stdio.h>
#include <string.h>

#include "reports/json.h"
#include "rules/profile/profile.h"

#define DIGITS "0123456789"

const char *sarif_rules_level(enum severity severity)
{
	return severity == SEVERITY_CRITICAL  ? "error"
	       : severity == SEVERITY_WARNING ? "warning"
					      : "note";
}

static void put_text(struct json *json, const char *key, const char *text)
{
	json_key(json, key);
	json_begin_object(json);
	JSON_KEY(json, "text");
	json_put_string(json, text);
	json_end_object(json);
}

static void put_level(struct json *json, const char *level, const char *security)
{
	JSON_KEY(json, "defaultConfiguration");
	json_begin_object(json);
	JSON_KEY(json, "level");
	json_put_string(json, level);
	json_end_object(json);
	JSON_KEY(json, "properties");
	json_begin_object(json);
	JSON_KEY(json, "tags");
	json_begin_array(json);
	json_put_string(json, "security");
	json_put_string(json, "certificate");
	json_end_array(json);
	JSON_KEY(json, "security-severity");
	json_put_string(json, security);
}

/* "RFC 5280, 4.2.1.12; ..." leads to that section, the first of several; the Baseline Requirements,
 * whose sections have no addresses, to where they are kept. */
static void put_help_uri(struct json *json, const char *reference)
{
	const char *rfc = strstr(reference, "RFC ");
	char uri[128];

	if (rfc) {
		size_t number = strspn(rfc + 4, DIGITS);
		const char *section = rfc + 4 + number;
		size_t len = strncmp(section, ", ", 2) == 0 ? strspn(section + 2, DIGITS ".") : 0;

		(void)snprintf(uri, sizeof uri, "https://www.rfc-editor.org/rfc/rfc%.*s%s%.*s",
			(int)number, rfc + 4, len > 0 ? "#section-" : "", (int)len, section + 2);
	} else if (strstr(reference, "Baseline Requirements")) {
		(void)snprintf(uri, sizeof uri, "%s",
			"https://cabforum.org/working-groups/server/baseline-requirements/");
	} else {
		return;
	}
	JSON_KEY(json, "helpUri");
	json_put_string(json, uri);
}

static void put_rule(struct json *json, const struct rule *rule, enum severity severity)
{
	json_begin_object(json);
	JSON_KEY(json, "id");
	json_put_string(json, rule->id);
	put_text(json, "shortDescription", rule->title);
	put_text(json, "fullDescription", rule->explanation);
	put_text(json, "help", rule->fix);
	put_help_uri(json, rule->reference);
	put_level(json, sarif_rules_level(severity),
		severity == SEVERITY_CRITICAL  ? "8.0"
		: severity == SEVERITY_WARNING ? "5.0"
					       : "2.0");
	JSON_KEY(json, "reference");
	json_put_string(json, rule->reference);
	json_end_object(json);
	json_end_object(json);
}

static void put_unreachable_rule(struct json *json)
{
	json_begin_object(json);
	JSON_KEY(json, "id");
	json_put_string(json, SARIF_UNREACHABLE);
	put_text(json, "shortDescription", "No chain could be read");
	put_text(json, "fullDescription",
		"The service did not answer, or did not come to TLS. Nobody knows how it is: what "
		"cannot be examined is not in order.");
	put_text(json, "help", "See why the service does not answer, and examine it again.");
	put_level(json, "warning", "5.0");
	json_end_object(json);
	json_end_object(json);
}

void sarif_rules_put(struct json *json, const struct profile *profile)
{
	JSON_KEY(json, "rules");
	json_begin_array(json);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *rule = rule_at((enum rule_id)i);

		put_rule(json, rule,
			profile->severity_set[i] ? profile->severity[i] : rule->severity);
	}
	put_unreachable_rule(json);
	json_end_array(json);
}
