/* SPDX-License-Identifier: MIT */
#include "cli/options/option_tables.h"

#include <stdio.h>

#include "cli/options/options.h"

/* Columns of the help for options and their arguments. */
#define HELP_LEFT 28

#define FLAG(name, letter, option, text)                              \
	{                                                             \
		name, letter, POPT_ARG_NONE, NULL, option, text, NULL \
	}
#define VALUE(name, letter, option, text, what)                         \
	{                                                               \
		name, letter, POPT_ARG_STRING, NULL, option, text, what \
	}

/* clang-format off */
#define GROUP_JUDGE                                                                                \
	VALUE("profile", '\0', OPTION_PROFILE, "built-in profile or YAML file (hongkong-post)",    \
		"NAME|FILE"),                                                                      \
	VALUE("trust-store", '\0', OPTION_TRUST_STORE,                                             \
		"replace the anchors of one of the profile's trust stores", "NAME=FILE"),          \
	VALUE("waivers", '\0', OPTION_WAIVERS, "findings that count for nothing until a day", "FILE"), \
	VALUE("as-of", '\0', OPTION_AS_OF, "judge as if it were this day (now)", "DATE"),          \
	FLAG("explain", '\0', OPTION_EXPLAIN, "draw every path, and why it is rejected"),           \
	VALUE("fail-on", '\0', OPTION_FAIL_ON,                                                     \
		"lowest status for exit code 1: warning, critical, never (critical)", "S")

#define GROUP_PLACES                                                                               \
	VALUE("output", 'o', OPTION_OUTPUT,                                                        \
		"where the output goes, in --format or in F; may be given again", "[F:]FILE"),     \
	VALUE("csv", '\0', OPTION_CSV, "what a row of csv is: findings, hosts (findings)", "ROWS"), \
	VALUE("color", '\0', OPTION_COLOR, "auto, always, never (auto)", "WHEN"),                  \
	FLAG("verbose", 'v', OPTION_VERBOSE, "say what is being done; report in full")

#define GROUP_OUTPUT VALUE("format", 'f', OPTION_FORMAT, "text, html, xlsx, markdown, ndjson, json, csv, junit, sarif, prometheus, nagios, timeline (text)", "F"), GROUP_PLACES

#define GROUP_TIMELINE \
	FLAG("timeline", '\0', OPTION_TIMELINE, "say what breaks on which day if nobody acts")

#define GROUP_OWNERS                                                                               \
	VALUE("owner-map", '\0', OPTION_OWNER_MAP,                                                 \
		"who looks after what, as CSV: host,owner and further labels", "FILE")

#define GROUP_CACHE                                                                                \
	VALUE("cache", '\0', OPTION_CACHE, "where fetched certificates and lists are kept", "DIR"), \
	FLAG("offline", '\0', OPTION_OFFLINE, "fetch nothing, use the cache")

#define GROUP_EVIDENCE                                                                             \
	VALUE("evidence", '\0', OPTION_EVIDENCE,                                                   \
		"keep what was seen in a new folder, to judge it again", "DIR")

#define GROUP_FETCH                                                                                \
	VALUE("fetch", '\0', OPTION_FETCH,                                                         \
		"URLs that may be fetched: profile, any, none (profile; check: none)", "WHICH"),   \
	VALUE("revocation", '\0', OPTION_REVOCATION,                                               \
		"whom to ask: profile, full, none (profile, full with --fetch any)", "HOW")

#define GROUP_STORE \
	VALUE("store", '\0', OPTION_STORE, "keep what this run finds in a history", "FILE.db")
#define GROUP_LANGUAGE \
	VALUE("lang", '\0', OPTION_LANG, "en, zh-Hant, zh-Hans (from the locale)", "L")
#define GROUP_QUIET FLAG("quiet", 'q', OPTION_QUIET, "neither warnings nor progress")
#define GROUP_HELP FLAG("help", 'h', OPTION_HELP, "show this help"), POPT_TABLEEND

/* What is made of files with the help of a profile. */
#define GROUP_MAKING \
	VALUE("profile", '\0', OPTION_PROFILE, "built-in profile or YAML file (hongkong-post)",    \
		"NAME|FILE"),                                                                      \
	VALUE("trust-store", '\0', OPTION_TRUST_STORE,                                             \
		"replace the anchors of one of the profile's trust stores", "NAME=FILE"),          \
	VALUE("as-of", '\0', OPTION_AS_OF, "judge as if it were this day (now)", "DATE"),          \
	VALUE("fetch", '\0', OPTION_FETCH,                                                         \
		"URLs that may be fetched: profile, any, none (profile)", "WHICH"),                \
	VALUE("timeout", '\0', OPTION_TIMEOUT, "seconds for all that is fetched (10)", "S"),       \
	GROUP_CACHE,                                                                               \
	FLAG("verbose", 'v', OPTION_VERBOSE, "say what is being done"),                            \
	GROUP_LANGUAGE,                                                                            \
	GROUP_QUIET

static const struct poptOption scan_table[] = {
	VALUE("config", '\0', OPTION_CONFIG, "take options from a YAML file, too", "FILE"),
	VALUE("input", 'i', OPTION_INPUT,
		"targets from a file, - for standard input; may be given again", "FILE"),
	FLAG("skip-bad-input", '\0', OPTION_SKIP_BAD_INPUT,
		"a line that cannot be read becomes a result"),
	GROUP_OWNERS,
	GROUP_JUDGE,
	GROUP_OUTPUT,
	GROUP_TIMELINE,
	GROUP_LANGUAGE,
	FLAG("ordered", '\0', OPTION_ORDERED, "results in the order of the input"),
	FLAG("no-progress", '\0', OPTION_NO_PROGRESS, "no progress line on the terminal"),
	GROUP_QUIET,
	VALUE("concurrency", 'c', OPTION_CONCURRENCY, "connections in flight (1000)", "N"),
	VALUE("threads", 't', OPTION_THREADS, "scanning threads (the processors allowed)", "N"),
	VALUE("timeout", '\0', OPTION_TIMEOUT, "seconds for a whole target, all tries together (10)", "S"),
	VALUE("retries", '\0', OPTION_RETRIES, "further tries after a network failure (1)", "N"),
	VALUE("rate", '\0', OPTION_RATE, "new connections a second, at most (no limit)", "N"),
	VALUE("per-address", '\0', OPTION_PER_ADDRESS,
		"... to one address, 0 for no limit (20)", "N"),
	VALUE("per-network", '\0', OPTION_PER_NETWORK,
		"... to one /24 or /48, 0 for no limit (0)", "N"),
	VALUE("proxy", '\0', OPTION_PROXY, "go through http://HOST[:PORT] or socks5h://HOST[:PORT]",
		"URL"),
	VALUE("handshake", '\0', OPTION_HANDSHAKE,
		"how far: flight, complete (flight)", "HOW"),
	VALUE("probe", '\0', OPTION_PROBE,
		"further looks: auto, all, none, or of key-types,sni,versions (auto)", "LIST"),
	VALUE("repeat", '\0', OPTION_REPEAT, "looks at each address, for the nodes behind it (1)", "N"),
	FLAG("caa", '\0', OPTION_CAA, "ask DNS which CAs may issue for the name"),
	FLAG("identify", '\0', OPTION_IDENTIFY,
		"ask what software it is, and make that the label platform"),
	VALUE("resolver", '\0', OPTION_RESOLVER,
		"name servers to ask, with commas between them (the system's)", "ADDRESS[:PORT]"),
	FLAG("first-address", '\0', OPTION_FIRST_ADDRESS, "only the first address of a name"),
	VALUE("checkpoint", '\0', OPTION_CHECKPOINT, "note what is done, to go on with later", "FILE"),
	FLAG("resume", '\0', OPTION_RESUME, "go on with what the checkpoint says"),
	GROUP_EVIDENCE,
	GROUP_STORE,
	VALUE("notify", '\0', OPTION_NOTIFY,
		"tell this program of the end; again for each of its arguments", "WORD"),
	VALUE("notify-on", '\0', OPTION_NOTIFY_ON,
		"of which ends: problem, always (problem)", "WHEN"),
	GROUP_FETCH,
	GROUP_CACHE,
	GROUP_HELP
};

static const struct poptOption arl_table[] = {
	VALUE("profile", '\0', OPTION_PROFILE, "built-in profile or YAML file (hongkong-post)",
		"NAME|FILE"),
	VALUE("trust-store", '\0', OPTION_TRUST_STORE,
		"replace the anchors of one of the profile's trust stores", "NAME=FILE"),
	VALUE("as-of", '\0', OPTION_AS_OF, "judge as if it were this day (now)", "DATE"),
	VALUE("fail-on", '\0', OPTION_FAIL_ON,
		"lowest status for exit code 1: warning, critical, never (critical)", "S"),
	GROUP_LANGUAGE,
	VALUE("format", 'f', OPTION_FORMAT, "text, ndjson or json (text)", "F"),
	VALUE("output", 'o', OPTION_OUTPUT,
		"where the output goes, in --format or in F; may be given again", "[F:]FILE"),
	FLAG("verbose", 'v', OPTION_VERBOSE, "say what is being done"),
	GROUP_QUIET,
	VALUE("timeout", '\0', OPTION_TIMEOUT, "seconds for all lists together (10)", "S"),
	GROUP_CACHE,
	GROUP_HELP
};

static const struct poptOption bundle_table[] = {
	VALUE("to", '\0', OPTION_MADE_FORM, "pem, pkcs7, pkcs12, jks (pem)", "FORM"),
	VALUE("output", 'o', OPTION_MADE_OUTPUT, "where it goes (standard output)", "FILE"),
	FLAG("without-leaf", '\0', OPTION_MADE_WITHOUT_LEAF, "only what is above the leaf"),
	VALUE("key", '\0', OPTION_MADE_KEY, "the private key, which has to be the leaf's", "FILE"),
	FLAG("with-key", '\0', OPTION_MADE_WITH_KEY, "the private key behind the certificates, in PEM"),
	VALUE("password-file", '\0', OPTION_PASSWORD_FILE,
		"its first line opens what is read, and seals what is written", "FILE"),
	VALUE("output-password-file", '\0', OPTION_MADE_OUTPUT_PASSWORD,
		"its first line seals what is written", "FILE"),
	VALUE("for", '\0', OPTION_MADE_READER,
		"who reads the PKCS#12 file: modern, windows-2008 (modern)", "WHOM"),
	VALUE("alias", '\0', OPTION_MADE_ALIAS, "what the entry of the key store is called", "NAME"),
	GROUP_MAKING,
	GROUP_HELP
};

static const struct poptOption check_table[] = {
	VALUE("name", '\0', OPTION_NAME, "the server's name, which the leaf has to cover", "NAME"),
	VALUE("password-file", '\0', OPTION_PASSWORD_FILE,
		"its first line opens PKCS#12 files", "FILE"),
	GROUP_STORE,
	GROUP_OWNERS,
	GROUP_JUDGE,
	GROUP_OUTPUT,
	GROUP_TIMELINE,
	GROUP_LANGUAGE,
	GROUP_QUIET,
	GROUP_FETCH,
	VALUE("crl", '\0', OPTION_CRL, "a revocation list, PEM or DER; may be given again", "FILE"),
	GROUP_CACHE,
	GROUP_HELP
};

static const struct poptOption csr_table[] = {
	VALUE("input", 'i', OPTION_INPUT,
		"names from a file, a line each, - for standard input; may be given again", "FILE"),
	VALUE("from", '\0', OPTION_CSR_FROM,
		"names and organization of the certificate in saved results; may be given again", "RESULTS"),
	VALUE("name", '\0', OPTION_NAME, "the application's server name", "NAME"),
	VALUE("product", '\0', OPTION_CSR_PRODUCT,
		"server, wildcard, multi-domain, ev, ev-multi-domain (by the names)", "P"),
	VALUE("organization", '\0', OPTION_CSR_ORGANIZATION, "who it is for", "TEXT"),
	VALUE("output", 'o', OPTION_OUTPUT,
		"where the request goes (NAME.req); with --check the report", "FILE"),
	VALUE("key", '\0', OPTION_CSR_KEY, "use this key, which is PEM", "FILE"),
	VALUE("new-key", '\0', OPTION_CSR_NEW_KEY,
		"where a new key goes (beside the request, ending in .key)", "FILE"),
	VALUE("key-type", '\0', OPTION_CSR_KEY_TYPE,
		"rsa-2048, rsa-3072, rsa-4096, p-256, p-384 (as the profile has it)", "KIND"),
	FLAG("encrypt", '\0', OPTION_CSR_ENCRYPT, "encrypt the new key with a passphrase"),
	VALUE("password-file", '\0', OPTION_PASSWORD_FILE,
		"its first line is the passphrase (the terminal is asked)", "FILE"),
	FLAG("new-header", '\0', OPTION_CSR_NEW_HEADER,
		"begin with NEW CERTIFICATE REQUEST, as Microsoft's tools do"),
	VALUE("emit", '\0', OPTION_CSR_EMIT,
		"write what another program takes: openssl, certreq, exchange, exchange-2010, keytool", "S[:FILE]"),
	FLAG("check", '\0', OPTION_CSR_CHECK, "judge requests before they are submitted"),
	VALUE("seen", '\0', OPTION_CSR_SEEN,
		"results, certificates or requests whose keys are in use; may be given again", "FILE"),
	VALUE("weak-keys", '\0', OPTION_CSR_WEAK_KEYS,
		"a list of keys that others have; may be given again", "FILE"),
	VALUE("reference", '\0', OPTION_CSR_REFERENCE,
		"look at reference number and PIN, - for the terminal; they are not kept", "FILE"),
	VALUE("profile", '\0', OPTION_PROFILE, "built-in profile or YAML file (hongkong-post)",
		"NAME|FILE"),
	VALUE("format", 'f', OPTION_FORMAT, "text, ndjson or json (text)", "F"),
	VALUE("color", '\0', OPTION_COLOR, "auto, always, never (auto)", "WHEN"),
	GROUP_LANGUAGE,
	GROUP_QUIET,
	GROUP_HELP
};

static const struct poptOption history_table[] = {
	VALUE("store", '\0', OPTION_STORE, "the history that scans were kept in", "FILE.db"),
	VALUE("format", 'f', OPTION_FORMAT, "text or ndjson (text)", "F"),
	VALUE("output", 'o', OPTION_OUTPUT,
		"where the output goes, in --format or in F; may be given again", "[F:]FILE"),
	VALUE("color", '\0', OPTION_COLOR, "auto, always, never (auto)", "WHEN"),
	GROUP_LANGUAGE,
	GROUP_HELP
};

static const struct poptOption key_table[] = {
	VALUE("key", '\0', OPTION_MADE_KEY,
		"backup: the private key; restore: where it goes", "FILE"),
	VALUE("certificate", '\0', OPTION_MADE_CERTIFICATE,
		"backup: its certificate; check: the same one; restore: where the chain goes", "FILE"),
	VALUE("output", 'o', OPTION_MADE_OUTPUT, "backup: where it goes", "FILE"),
	VALUE("for", '\0', OPTION_MADE_READER,
		"backup: who has to read it: modern, windows-2008 (modern)", "WHOM"),
	VALUE("alias", '\0', OPTION_MADE_ALIAS, "backup: what the key is called in it", "NAME"),
	VALUE("password-file", '\0', OPTION_PASSWORD_FILE,
		"its first line opens what is read, and seals a backup", "FILE"),
	VALUE("output-password-file", '\0', OPTION_MADE_OUTPUT_PASSWORD,
		"backup: its first line seals it", "FILE"),
	VALUE("retries", '\0', OPTION_RETRIES, "check: further tries after a network failure (1)", "N"),
	VALUE("proxy", '\0', OPTION_PROXY,
		"check: go through http://HOST[:PORT] or socks5h://HOST[:PORT]", "URL"),
	GROUP_MAKING,
	GROUP_HELP
};

static const struct poptOption report_table[] = {
	VALUE("profile", '\0', OPTION_PROFILE,
		"the profile that the results were judged by (the one they name)", "NAME|FILE"),
	VALUE("fail-on", '\0', OPTION_FAIL_ON,
		"lowest status for exit code 1: warning, critical, never (critical)", "S"),
	VALUE("store", '\0', OPTION_STORE, "the history of earlier runs, for the burn-down", "FILE.db"),
	GROUP_OWNERS,
	GROUP_OUTPUT,
	GROUP_TIMELINE,
	GROUP_LANGUAGE,
	GROUP_QUIET,
	GROUP_HELP
};

static const struct poptOption compare_table[] = {
	VALUE("fail-on", '\0', OPTION_COMPARE_FAIL_ON,
		"what makes the exit code 1: warning, critical, unreachable, never (warning)", "S"),
	VALUE("format", 'f', OPTION_FORMAT, "text, markdown, html or ndjson (text)", "F"),
	VALUE("output", 'o', OPTION_OUTPUT,
		"where the output goes, in --format or in F; may be given again", "[F:]FILE"),
	VALUE("color", '\0', OPTION_COLOR, "auto, always, never (auto)", "WHEN"),
	FLAG("verbose", 'v', OPTION_VERBOSE, "also list what is unchanged"),
	GROUP_OWNERS,
	GROUP_LANGUAGE,
	GROUP_QUIET,
	GROUP_HELP
};

static const struct poptOption dcv_table[] = {
	VALUE("input", 'i', OPTION_INPUT,
		"names from a file, a line each, - for standard input; may be given again", "FILE"),
	VALUE("profile", '\0', OPTION_PROFILE, "built-in profile or YAML file (hongkong-post)",
		"NAME|FILE"),
	VALUE("product", '\0', OPTION_DCV_PRODUCT,
		"server, wildcard, multi-domain, ev, ev-multi-domain (by the names)", "P"),
	VALUE("method", '\0', OPTION_DCV_METHOD,
		"file, dns or email; may be given again (those of the product)", "M"),
	VALUE("file", '\0', OPTION_DCV_FILE, "the file that the CA gave out, to compare with", "FILE"),
	VALUE("code-file", '\0', OPTION_DCV_CODE_FILE,
		"its first line is the code that the CA gave out", "FILE"),
	VALUE("issued", '\0', OPTION_DCV_ISSUED, "the day of the code, to count from", "DATE"),
	VALUE("as-of", '\0', OPTION_AS_OF, "judge as if it were this day (now)", "DATE"),
	VALUE("resolver", '\0', OPTION_DCV_RESOLVER,
		"a resolver to ask; may be given again (two of the system's)", "ADDRESS[:PORT]"),
	VALUE("timeout", '\0', OPTION_TIMEOUT, "seconds for each answer (10)", "S"),
	FLAG("allow-private", '\0', OPTION_DCV_ALLOW_PRIVATE,
		"addresses that are not public count (for tests, or a CA inside)"),
	VALUE("dns-port", '\0', OPTION_DCV_DNS_PORT,
		"port of authoritative name servers, for tests (53)", "N"),
	VALUE("http-port", '\0', OPTION_DCV_HTTP_PORT, "connect here in place of port 80, for tests", "N"),
	VALUE("https-port", '\0', OPTION_DCV_HTTPS_PORT, "... and of 443", "N"),
	GROUP_LANGUAGE,
	VALUE("format", 'f', OPTION_FORMAT, "text, ndjson or json (text)", "F"),
	VALUE("output", 'o', OPTION_OUTPUT,
		"where the output goes, in --format or in F; may be given again", "[F:]FILE"),
	VALUE("color", '\0', OPTION_COLOR, "auto, always, never (auto)", "WHEN"),
	FLAG("verbose", 'v', OPTION_VERBOSE, "also tell notes and methods that do not count"),
	GROUP_QUIET,
	GROUP_HELP
};

static const struct poptOption import_table[] = {
	VALUE("from", '\0', OPTION_IMPORT_FROM, "whose captures they are: tlsx, zgrab2, s_client",
		"PROGRAM"),
	VALUE("name", '\0', OPTION_NAME,
		"the server's name, where a capture has none", "NAME"),
	FLAG("whole", '\0', OPTION_WHOLE, "where tlsx lists no chain, none was sent"),
	FLAG("skip-bad-input", '\0', OPTION_SKIP_BAD_INPUT,
		"a capture that cannot be read becomes a result"),
	GROUP_EVIDENCE,
	GROUP_STORE,
	GROUP_OWNERS,
	GROUP_JUDGE,
	VALUE("format", 'f', OPTION_FORMAT, "text, html, xlsx, markdown, ndjson, json, csv, junit, sarif, prometheus, nagios, timeline (ndjson)", "F"),
	GROUP_PLACES,
	GROUP_TIMELINE,
	GROUP_LANGUAGE,
	GROUP_QUIET,
	GROUP_CACHE,
	GROUP_HELP
};

static const struct poptOption plan_table[] = {
	VALUE("output", 'o', OPTION_PLAN_FOLDER, "the folder that the plan goes into", "DIR"),
	VALUE("profile", '\0', OPTION_PROFILE,
		"the profile that the results were judged by (the one they name)", "NAME|FILE"),
	VALUE("platform", '\0', OPTION_PLATFORM,
		"what all servers are (the label platform of each)", "PLATFORM"),
	FLAG("ansible", '\0', OPTION_ANSIBLE, "an inventory and a playbook for Ansible, too"),
	GROUP_OWNERS,
	GROUP_LANGUAGE,
	FLAG("verbose", 'v', OPTION_VERBOSE, "say what is being done"),
	GROUP_QUIET,
	VALUE("timeout", '\0', OPTION_TIMEOUT, "seconds for all certificates together (10)", "S"),
	GROUP_CACHE,
	GROUP_HELP
};

static const struct poptOption explain_table[] = { GROUP_LANGUAGE, GROUP_HELP };
static const struct poptOption profile_table[] = {
	VALUE("from", '\0', OPTION_DRAFT_FROM, "new: certificates to draft it from", "FILE..."),
	VALUE("id", '\0', OPTION_DRAFT_ID, "new: what the profile is called", "ID"),
	VALUE("output", 'o', OPTION_DRAFT_OUTPUT, "new: where the draft goes", "FILE"),
	GROUP_LANGUAGE,
	GROUP_HELP
};
/* clang-format on */

const struct options_page options_scan = {
	"scan [OPTION...] [TARGET...]",
	N_("Connects to every target and judges the certificate chain that it serves."),
	scan_table,
};
const struct options_page options_arl = {
	"arl [OPTION...]",
	N_("Shows the state of the profile's revocation lists: whether they can be had, who "
	   "signed\n"
	   "them, how fresh they are, and which of the profile's certificates they name."),
	arl_table,
};
const struct options_page options_bundle = {
	"bundle [OPTION...] FILE...",
	N_("Makes the file that a server should serve for the certificate in the first FILE, of "
	   "what is\n"
	   "in all of them and of what the profile's URLs bring; - is standard input.  Says what "
	   "it left\n"
	   "out and why."),
	bundle_table,
};
const struct options_page options_check = {
	"check [OPTION...] FILE...|DIR",
	N_("Judges chain files (PEM, DER, PKCS#7, PKCS#12) as if a server served them; - is "
	   "standard\n"
	   "input.  Judges the evidence that a scan kept in a folder again.  Needs no network, and "
	   "uses none\n"
	   "unless --fetch or --revocation full asks for it."),
	check_table,
};
const struct options_page options_compare = {
	"compare [OPTION...] OLD NEW",
	N_("Says what has changed between two sets of results that were saved as ndjson or json:\n"
	   "regressed, unreachable, new, gone, fixed; - is standard input.  Nothing is judged "
	   "anew."),
	compare_table,
};
const struct options_page options_csr = {
	"csr [OPTION...] NAME... | csr --check [OPTION...] FILE...",
	N_("Makes a key and a signing request for the names, or what another program makes them "
	   "from.\n"
	   "With --check it judges requests before they are submitted; - is standard input."),
	csr_table,
};
const struct options_page options_dcv = {
	"dcv [OPTION...] DOMAIN...",
	N_("Checks that domain control validation will pass before the CA is told to look: the "
	   "file "
	   "at\n"
	   "every address, the TXT record at every name server, CAA, DNSSEC, days."),
	dcv_table,
};
const struct options_page options_explain_chain = {
	"explain-chain [OPTION...] FILE|TARGET...",
	N_("Draws every line of issuers of a chain file or of what a server sends, and says why "
	   "each\n"
	   "that is not trusted is rejected."),
	scan_table,
};
const struct options_page options_explain = {
	"explain [RULE]",
	N_("Says what a rule means, why it exists and how to fix what it finds; lists all without "
	   "RULE."),
	explain_table,
};
const struct options_page options_history = {
	"history [OPTION...] --store FILE.db [HOST[:PORT]...]",
	N_("Lists the runs of a history with the burn-down to the deadline, or shows hosts "
	   "through time."),
	history_table,
};
const struct options_page options_import = {
	"import --from PROGRAM [OPTION...] FILE...",
	N_("Judges what tlsx, zgrab2 or openssl s_client captured as if this program had seen it; "
	   "- is\n"
	   "standard input.  No server is asked; what the profile names is fetched, as by scan."),
	import_table,
};
const struct options_page options_plan = {
	"plan [OPTION...] -o DIR RESULTS...",
	N_("Turns results that were saved as ndjson or json into work: for each host a folder "
	   "with what\n"
	   "to do, the chain to serve and a script that can be tried, verified and undone."),
	plan_table,
};
const struct options_page options_key = {
	"key backup | check FILE [TARGET|RESULTS...] | restore FILE",
	N_("Puts a private key and its certificate into a PKCS#12 file, proves that such a backup "
	   "opens and\n"
	   "is of what a server serves now, or takes key and chain out of it.  Passwords are never "
	   "on the\n"
	   "command line."),
	key_table,
};
const struct options_page options_profile = {
	"profile list | show NAME|FILE | lint NAME|FILE... | new --from FILE...",
	N_("Lists the built-in profiles, shows one whole, finds the faults of profiles, or drafts "
	   "one "
	   "from\ncertificates."),
	profile_table,
};

const struct options_page options_report = {
	"report [OPTION...] RESULTS...",
	N_("Renders results that were saved as ndjson or json again, in any format; - is standard\n"
	   "input.  Nothing is judged anew."),
	report_table,
};

void options_print_help(const struct options_page *page, enum language language)
{
	char left[64];

	(void)printf(lang_text(language, "Usage: chainmend %s"), page->usage);
	(void)printf("\n%s\n\n", lang_text(language, page->about));
	for (const struct poptOption *row = page->table; row->longName; row++) {
		int len = snprintf(left, sizeof left, "%c%c%s--%s%s%s", row->shortName ? '-' : ' ',
			row->shortName ? row->shortName : ' ', row->shortName ? ", " : "  ",
			row->longName, row->argDescrip ? " " : "",
			row->argDescrip ? row->argDescrip : "");
		if (len < HELP_LEFT)
			(void)printf("  %-*s", HELP_LEFT, left);
		else
			(void)printf("  %s\n  %*s", left, HELP_LEFT, "");
		(void)printf("%s\n", lang_text(language, row->descrip));
	}
}
