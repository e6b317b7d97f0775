/* SPDX-License-Identifier: MIT */
#include "tests/poison.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/attr.h"
#include "tests/forge.h"
#include "tests/sample.h"

#define LONG 65536u

/* REPEAT: the text again and again up to 64 KiB. */
static const struct {
	const char *descr, *text;
	bool repeat;
} poisons[] = {
	{ "clears the screen, sets the title", "\033[2J\033]0;owned\a", false },
	{ "ends the line", "a\nb\r\nc\vd\fe\tf", false },
	{ "forges a record", "x\"}\n{\"schema\":\"chainmend.result/1\",\"status\":\"ok\"}", false },
	{ "right-to-left override", "\xe2\x80\xaegnp.exe\xe2\x80\xac", false },
	{ "isolates and marks", "\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", false },
	{ "C1 control sequence",
		"\xc2\x9b"
		"31m\xc2\x9d"
		"0;x\xc2\x9c",
		false },
	{ "delete and backspace", "abc\x7f\b\b\b", false },
	{ "separators",
		"a\xe2\x80\xa8"
		"b\xe2\x80\xa9"
		"c",
		false },
	{ "invalid UTF-8", "\xff\xfe\xc0\xaf\xed\xa0\x80\xf5\x80\x80\x80", false },
	{ "ends in half a character", "abc\xe9\xa6", false },
	{ "byte order mark, zero width, tags", "\xef\xbb\xbf\xe2\x80\x8b\xf3\xa0\x81\x81", false },
	{ "quotes and backslashes", "\"\\\"\\\\u0000\\", false },
	{ "format directives", "%s%n%1000000d", false },
	{ "a script", "<script>window.owned=1</script><img src=x onerror=\"window.owned=1\">",
		false },
	{ "ends a script", "</script><script>window.owned=1</script>", false },
	{ "ends a script in other ways", "</ScRiPt\t><!--<script>]]></template></style></title>",
		false },
	{ "ends an attribute",
		"\" autofocus onfocus=\"window.owned=1\" x='\"'><svg/onload=window.owned=1>",
		false },
	{ "ends an attribute without quotes", "' onmouseover=window.owned=1 `", false },
	{ "fetches", "<link rel=stylesheet href=http://127.0.0.1:9/x><iframe src=//127.0.0.1:9/y>",
		false },
	{ "an address that runs", "javascript:window.owned=1", false },
	{ "escapes of its own", "&lt;script&gt;&#60;b&#62;&amp;\\u003cscript\\u003e", false },
	{ "a template of another language",
		"${window.owned=1}{{constructor.constructor('owned=1')()}}$(id)`id`", false },
	{ "a formula", "=HYPERLINK(\"http://127.0.0.1:9/\",\"x\")", false },
	{ "a link", "[x](http://127.0.0.1:9/) ![x](http://127.0.0.1:9/y)", false },
	{ "nothing at all", "", false },
	{ "blanks", "   ", false },
	{ "64 KiB of a letter", "A", true },
	{ "64 KiB of escapes", "\033", true },
	{ "64 KiB of Chinese", "香", true },
	{ "64 KiB of marks on a letter", "\xcc\x81", true },
	{ "64 KiB of stray bytes", "\xff", true },
	{ "64 KiB of line ends", "\n", true },
};

static_assert(ARRAY_LEN(poisons) == POISONS, "as its header says");

const char *poison_descr(size_t number)
{
	return poisons[number].descr;
}

char *poison_text(size_t number)
{
	const char *unit = poisons[number].text;
	size_t len = strlen(unit), times = poisons[number].repeat ? LONG / len : 1;
	char *text = malloc(times * len + 1);

	forge_must(text != NULL, "malloc");
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * len, unit, len);
	text[times * len] = '\0';
	return text;
}

/* A fixed array takes what fits, cut wherever that is. */
static void cram(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	len = len < size ? len : size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

#define CRAM(array, text) cram(array, sizeof(array), text)

static void poison_target(struct sample *sample, char *text)
{
	struct target *target = &sample->target;

	target->host = target->unicode = target->address = target->sni = target->source = text;
	sample->labels[1] = (struct label){ text, text };
	sample_owner(sample, text);
	target->labels.count = 2;
}

static void poison_chain(struct sample *sample, char *text)
{
	struct cert *leaf = &sample->leaf;
	static char *names[2];

	names[0] = text;
	leaf->subject = leaf->issuer = leaf->common_name = leaf->issuer_common_name = text;
	leaf->serial = leaf->key = leaf->signature = text;
	leaf->eku = leaf->san = names;
}

/* TEXT in every field that anybody but us may have written, and in those of ours too. */
void poison_sample(struct sample *sample, char *text)
{
	struct verdict *verdict = &sample->verdict;

	sample_init(sample, "a.hk", 443, PROTOCOL_SMTP);
	sample_serve(sample, ROLE_OTHER, NULL);
	poison_target(sample, text);
	poison_chain(sample, text);
	verdict->addresses = 2;
	CRAM(verdict->address, text);
	CRAM(verdict->message, text);
	CRAM(verdict->version, text);
	CRAM(verdict->cipher, text);
	CRAM(verdict->paths[0].reason, text);
	for (enum severity severity = SEVERITY_NOTE; severity <= SEVERITY_CRITICAL; severity++) {
		struct finding *finding = sample_find(sample, RULE_chain_unrelated, severity, "");

		CRAM(finding->message, text);
		CRAM(finding->certificate, text);
		finding->action_count = 3;
		finding->actions[0].kind = ACTION_REMOVE_CERTIFICATE;
		finding->actions[1].kind = ACTION_REPLACE_LEAF;
		finding->actions[2].kind = ACTION_REMOVE_CERTIFICATE;
		CRAM(finding->actions[0].certificate, text);
		CRAM(finding->actions[1].certificate, text);
		CRAM(finding->actions[2].certificate, sample->leaf.sha256_text);
	}
}

/* The states that print other parts of it. */
static const struct {
	enum status status;
	enum outcome outcome;
	bool bad, with_findings, with_chain;
} states[] = {
	{ STATUS_CRITICAL, OUTCOME_SERVED, false, true, true },
	{ STATUS_WARNING, OUTCOME_RESET, false, true, true },
	{ STATUS_OK, OUTCOME_SERVED, false, false, true },
	{ STATUS_OUT_OF_SCOPE, OUTCOME_SERVED, false, false, true },
	{ STATUS_UNREACHABLE, OUTCOME_STARTTLS, false, false, false },
	{ STATUS_UNREACHABLE, OUTCOME_BAD_TARGET, true, false, false },
};

static_assert(ARRAY_LEN(states) == POISON_STATES, "as its header says");

void poison_fill(struct sample samples[static POISON_STATES], char *text)
{
	for (size_t i = 0; i < POISON_STATES; i++) {
		struct sample *sample = &samples[i];

		poison_sample(sample, text);
		sample->verdict.status = states[i].status;
		sample->verdict.outcome = states[i].outcome;
		if (states[i].bad)
			sample->target.fault = text;
		if (!states[i].with_findings)
			sample->verdict.findings.all.count = 0;
		if (!states[i].with_chain)
			sample->verdict.chain.count = 0;
	}
}
