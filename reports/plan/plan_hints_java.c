/* SPDX-License-Identifier: MIT */
#include "checker/base/lang.h"
#include "reports/plan/plan_hints.h"

#define OWN_ALIAS                                                                                  \
	{                                                                                          \
		N_("An intermediate that is imported under an alias of its own does not change "   \
		   "what is "                                                                      \
		   "sent: the chain is part of the key's entry, and is replaced by importing the " \
		   "whole "                                                                        \
		   "of it, the server's own certificate first, under the alias of the key."),      \
			"keytool -importcert -noprompt -alias ALIAS -file FULLCHAIN.pem "          \
			"-keystore KEYSTORE"                                                       \
	}
#define OLD_TWIN                                                                                \
	{                                                                                       \
		N_("A retired intermediate among the trusted certificates of the keystore has " \
		   "the name of "                                                               \
		   "the current one and may be put into the chain in its place; the script "    \
		   "deletes it, "                                                               \
		   "found by its SHA-256."),                                                    \
			"keytool -delete -alias ALIAS -keystore KEYSTORE"                       \
	}
#define ROOT_SENT                                                                                \
	{                                                                                        \
		N_("Where the keystore trusts the root, or with -trustcacerts, Java adds it to " \
		   "the chain; "                                                                 \
		   "that does no harm."),                                                        \
			NULL                                                                     \
	}
#define CHAIN_LENGTH                                                       \
	{                                                                  \
		N_("The chain that is stored, and what is sent."),         \
			"keytool -list -v -alias ALIAS -keystore KEYSTORE" \
	}
#define KEYTOOL_REQUEST                                                                          \
	{                                                                                        \
		N_("A request for a new certificate: keytool puts no names into it unless they " \
		   "are given."),                                                                \
			"keytool -certreq -alias ALIAS -ext SAN=dns:NAME1,dns:NAME2 -keystore "  \
			"KEYSTORE"                                                               \
	}

const struct plan_hint plan_hints_keystore[6] = {
	OWN_ALIAS,
	OLD_TWIN,
	ROOT_SENT,
	CHAIN_LENGTH,
	KEYTOOL_REQUEST,
	{ N_("The script takes the keystore, a file with its password, and how the program is made "
	     "to read it again."),
		"sh apply.sh --file KEYSTORE --password-file FILE --reload COMMAND" },
};

const struct plan_hint plan_hints_tomcat[6] = {
	{ N_("certificateChainFile must not begin with the server's own certificate; without it "
	     "the "
	     "intermediates stand behind the certificate in certificateFile."),
		NULL },
	{ N_("TLSCertificateReloadListener reloads only when a certificate is about to end: it "
	     "does "
	     "not notice another intermediate."),
		NULL },
	{ N_("The manager application reloads certificates without a restart; its user and "
	     "password "
	     "stand in a file that curl reads. Without it the script restarts the unit."),
		"sh apply.sh --reload 'curl -fsS -K FILE "
		"http://127.0.0.1:8080/manager/text/sslReload | grep ^OK'" },
	OWN_ALIAS,
	OLD_TWIN,
	ROOT_SENT,
};

const struct plan_hint plan_hints_weblogic[5] = {
	{ N_("The script changes the keystore that it is given; which one it is stands in the "
	     "console, at the server, under Keystores."),
		"sh apply.sh --file KEYSTORE --password-file FILE --no-reload" },
	{ N_("Restart SSL in the console (Servers, Control) takes the new keystore for new "
	     "connections, without a restart; old connections keep the old one. Where the restart "
	     "of "
	     "the realm is not automatic, the server has to be restarted."),
		NULL },
	{ N_("The same by REST, as an administrator; FILE has user and password."),
		"curl -fsS -K FILE -X POST -H 'X-Requested-By: chainmend' -H 'Content-Type: "
		"application/json' -d '{}' "
		"HTTPS://ADMIN/management/weblogic/latest/serverRuntime/restartSSLChannels" },
	OLD_TWIN,
	CHAIN_LENGTH,
};
