/* SPDX-License-Identifier: MIT */
/*
 * options - the command line of one subcommand, read and checked
 *
 * The only door to popt.  A subcommand has one table, put together from groups
 * that several share, and the struct holds what all of them can say: a member
 * that no option of the subcommand sets keeps its default.  Options may stand
 * behind the arguments.  A value that makes no sense is an error that names it;
 * whatever needs a file or the profile is checked by who reads that.
 */
#ifndef CLI_OPTIONS_OPTIONS_H
#define CLI_OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "checker/engine/probe.h"
#include "cli/process/console.h"
#include "reports/report.h"
#include "rules/profile/profile.h"

struct error;
struct proxy;
struct report_format;

enum fail_on { FAIL_ON_WARNING, FAIL_ON_CRITICAL, FAIL_ON_NEVER };
/* What of a comparison makes the exit code 1. */
enum compare_fail_on {
	COMPARE_FAIL_ON_WARNING,  /* whatever has become worse */
	COMPARE_FAIL_ON_CRITICAL, /* to critical */
	COMPARE_FAIL_ON_NEVER,
	COMPARE_FAIL_ON_UNREACHABLE, /* that, and what cannot be reached any more */
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Which URLs may be fetched: the profile's, also those named inside certificates, none. */
enum fetch_choice { FETCH_PROFILE, FETCH_ANY, FETCH_NONE };

/* What is asked for revocations: the profile's lists and stapled answers; also whom certificates
 * name; nothing. */
enum revocation_choice { REVOCATION_PROFILE, REVOCATION_FULL, REVOCATION_NONE };

/* How much of a handshake is read: as much as proves the key, or all of it, OpenSSL's. */
enum handshake_choice { HANDSHAKE_CHOICE_FLIGHT, HANDSHAKE_CHOICE_COMPLETE };

/* Of which ends the program of --notify is told. */
enum notify_on { NOTIFY_ON_PROBLEM, NOTIFY_ON_ALWAYS };

/* What an option said each time it was given. */
#define RETRIES_DEFAULT 1

struct option_list {
	const char **items; /* kept by the options */
	size_t count, room;
};

/* What `bundle` writes. */
enum bundle_form { BUNDLE_FORM_PEM, BUNDLE_FORM_PKCS7, BUNDLE_FORM_PKCS12, BUNDLE_FORM_JKS };

struct store_option {
	const char *name;
	const char *file;
};

struct output_option {
	const struct report_format *format;
	const char *path; /* "-": standard output */
};

struct options {
	/* Judging */
	const char *profile;
	VEC(struct store_option) stores;
	bool has_as_of;
	struct instant as_of;
	enum fail_on fail_on;
	const char *waivers;   /* a file, or NULL */
	const char *owner_map; /* a file, or NULL */

	/* Output */
	VEC(struct output_option) outputs; /* at least one */
	const char *usual_format;          /* of the command, where none is named */
	enum csv_rows csv;
	bool csv_given;
	enum language language;
	enum color color;
	struct console console;
	bool timeline; /* of what breaks on which day */

	/* Fetching */
	const char *cache; /* NULL: none */
	bool cache_given;  /* by hand, so that it not working is worth a word */
	bool offline;
	enum fetch_choice fetch;
	bool fetch_given;
	enum revocation_choice revocation;
	bool revocation_given;

	/* Scanning */
	struct option_list inputs;
	unsigned concurrency;
	unsigned threads;
	unsigned retries;
	double timeout_s;
	double rate;         /* 0: no limit */
	double per_address;  /* 0: no limit */
	double per_network;  /* 0: no limit */
	struct proxy *proxy; /* NULL: none */
	enum handshake_choice handshake;
	bool caa;                  /* ask DNS who may issue */
	const char *resolver;      /* name servers; NULL: the system's */
	bool probe_auto;           /* further looks if there are not many targets */
	struct probe_choice probe; /* which, where `probe_auto` does not decide */
	const char *checkpoint;    /* NULL: none */
	bool resume;
	bool skip_bad_input;
	bool first_address;
	bool ordered;
	bool no_progress;
	const char *config;        /* the file that options were taken from; NULL: none */
	struct option_list notify; /* the program that is told of the end, and its arguments */
	enum notify_on notify_on;
	const char *evidence; /* the folder that evidence goes to; NULL: none is kept */
	const char *store;    /* the history that runs are kept in; NULL: none */

	/* Drafting a profile */
	struct option_list draft_from;
	const char *draft_id;     /* NULL: named after the certificates */
	const char *draft_output; /* NULL: standard output */

	/* Planning */
	const char *plan_folder; /* where the plan goes */
	bool ansible;            /* an inventory and a playbook, too */
	const char *platform;    /* of every host; NULL: what each label says */
	/* Signing requests */
	struct {
		bool check;
		const char *product;      /* the profile's id; NULL: by the names */
		const char *organization; /* NULL: none, or the served certificate's */
		const char *key;          /* an existing one; NULL: a new one */
		const char *new_key;      /* where that goes; NULL: beside the request */
		const char *key_type;     /* NULL: as the profile has it */
		bool encrypt, new_header;
		struct option_list from, emit, seen, weak_keys;
		const char *reference; /* reference number and PIN, to be looked at */
	} csr;
	bool output_given; /* one of `outputs` at least was asked for */

	/* Bundles and key stores */
	struct {
		const char *key;             /* the private key's file; NULL: none */
		const char *certificate;     /* its certificate's; NULL: none */
		unsigned form;               /* enum bundle_form */
		unsigned reader;             /* enum pfx_reader; PFX_READER_COUNT: not said */
		const char *alias;           /* NULL: not said */
		const char *output;          /* NULL: standard output */
		const char *output_password; /* a file; NULL: the password of what is read */
		bool with_key, without_leaf;
	} made;

	/* Comparing */
	enum compare_fail_on compare_fail_on;

	/* Checking files */
	const char *name; /* NULL: none is held against the leaf */
	const char *password_file;
	struct option_list crls; /* revocation lists as files */

	/* Whether domains will be validated */
	struct {
		const char *product;   /* the profile's id; NULL: by the names */
		const char *file;      /* as the CA gave it out, or NULL */
		const char *code_file; /* the code alone, or NULL */
		bool has_issued;
		struct instant issued;
		struct option_list methods, resolvers;
		unsigned dns_port, http_port, https_port;
		bool allow_private; /* addresses that are not public count */
	} dcv;

	/* Captures of other programs */
	unsigned import_from; /* an enum capture_kind; CAPTURE_KINDS: not said */
	bool whole;           /* chains that are not listed were not sent */

	bool explain; /* every line of issuers is wanted */

	VEC(const char *) args; /* what is no option, in order */
	VEC(char *) owned;      /* all texts above */
};

/* A subcommand as its help shows it. */
struct options_page;
extern const struct options_page options_arl, options_bundle, options_check, options_compare,
	options_csr, options_dcv, options_explain, options_explain_chain, options_history,
	options_import, options_key, options_plan, options_profile, options_report, options_scan;

enum options_result {
	OPTIONS_READ,
	OPTIONS_HELP, /* help was asked for and is on standard output */
	OPTIONS_WRONG,
};

/* ARGV[0] is the subcommand's name.  options_release() whatever the result. */
MUST_USE enum options_result options_read(struct options *options, const struct options_page *page,
	int argc, const char **argv, struct error *err);
void options_release(struct options *options);

/* Was --profile given? */
bool options_name_profile(const struct options *options);

#endif
