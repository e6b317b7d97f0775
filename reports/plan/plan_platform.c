/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_platform.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"
#include "checker/base/text.h"
#include "reports/plan/plan_body.h"
#include "reports/plan/plan_hints.h"

#define HINTS(list) .hints = (list), .hint_count = ARRAY_LEN(list)

static const struct plan_hint generic_hints[] = {
	{ N_("Put the server's own certificate first, then the certificates of chain.pem, into the "
	     "file that the server sends; no root."),
		NULL },
	{ N_("The script does that for a file in PEM that is named to it; then reload the server."),
		"sh apply.sh --file FILE" },
};

/* Of all that is served by schannel. */
#define WINDOWS_STORES                                                                    \
	.where = N_("The chain is built of the machine's store of intermediate "          \
		    "certificates; no file has it."),                                     \
	.reload = N_("HTTP.SYS and schannel look at the stores again within minutes; no " \
		     "restart at first.")

/* Sorted by id; the generic one is last. */
static const struct plan_platform platforms[] = {
	{ .id = "apache",
		.title = "Apache httpd",
		.family = PLAN_FAMILY_SH,
		.bodies = { "apache.sh", "common.sh" },
		.where = N_("From 2.4.8 on the file of SSLCertificateFile holds the server's "
			    "certificate first, then the intermediates."),
		.reload = N_("A graceful restart lets every connection end; the configuration is "
			     "checked first."),
		HINTS(plan_hints_apache) },
	{ .id = "apache-2.2",
		.title = "Apache httpd before 2.4.8",
		.family = PLAN_FAMILY_SH,
		.bodies = { "apache-2.2.sh", "apache.sh", "common.sh" },
		.where = N_(
			"The file of SSLCertificateFile holds the server's certificate alone, that "
			"of SSLCertificateChainFile the intermediates."),
		.reload = N_("A graceful restart lets every connection end; the configuration is "
			     "checked first."),
		HINTS(plan_hints_apache) },
	{ .id = "domino",
		.title = "HCL Domino",
		.family = PLAN_FAMILY_GUIDE,
		.where = N_("The database certstore.nsf from 12 on, a keyring file (.kyr) before."),
		.reload = N_("From 12 on servers notice by themselves; before, the HTTP task has "
			     "to be restarted."),
		HINTS(plan_hints_domino) },
	{ .id = "dovecot",
		.title = "Dovecot",
		.family = PLAN_FAMILY_SH,
		.bodies = { "dovecot.sh", "common.sh" },
		.where = N_(
			"One file holds the server's certificate first, then the intermediates."),
		.reload = N_("A reload gives new connections the new file."),
		HINTS(plan_hints_dovecot) },
	{ .id = "exchange",
		.title = "Exchange Server",
		.family = PLAN_FAMILY_POWERSHELL,
		.recipe = RECIPE_EXCHANGE,
		.bodies = { "windows-stores.ps1", "exchange.ps1", "windows.ps1" },
		.builds_chain = true,
		.takes_list = true,
		WINDOWS_STORES,
		HINTS(plan_hints_exchange) },
	{ .id = "exchange-2010",
		.title = "Exchange Server 2010",
		.family = PLAN_FAMILY_POWERSHELL,
		.recipe = RECIPE_EXCHANGE_2010,
		.bodies = { "windows-stores.ps1", "exchange.ps1", "windows.ps1" },
		.builds_chain = true,
		.takes_list = true,
		WINDOWS_STORES,
		HINTS(plan_hints_exchange_2010) },
	{ .id = "exchange-2013",
		.title = "Exchange Server 2013",
		.family = PLAN_FAMILY_POWERSHELL,
		.recipe = RECIPE_EXCHANGE,
		.bodies = { "windows-stores.ps1", "exchange.ps1", "windows.ps1" },
		.builds_chain = true,
		.takes_list = true,
		WINDOWS_STORES,
		HINTS(plan_hints_exchange) },
	{ .id = "exchange-2016",
		.title = "Exchange Server 2016",
		.family = PLAN_FAMILY_POWERSHELL,
		.recipe = RECIPE_EXCHANGE,
		.bodies = { "windows-stores.ps1", "exchange.ps1", "windows.ps1" },
		.builds_chain = true,
		.takes_list = true,
		WINDOWS_STORES,
		HINTS(plan_hints_exchange) },
	{ .id = "exchange-2019",
		.title = "Exchange Server 2019",
		.family = PLAN_FAMILY_POWERSHELL,
		.recipe = RECIPE_EXCHANGE,
		.bodies = { "windows-stores.ps1", "exchange.ps1", "windows.ps1" },
		.builds_chain = true,
		.takes_list = true,
		WINDOWS_STORES,
		HINTS(plan_hints_exchange) },
	{ .id = "exchange-se",
		.title = "Exchange Server SE",
		.family = PLAN_FAMILY_POWERSHELL,
		.recipe = RECIPE_EXCHANGE,
		.bodies = { "windows-stores.ps1", "exchange.ps1", "windows.ps1" },
		.builds_chain = true,
		.takes_list = true,
		WINDOWS_STORES,
		HINTS(plan_hints_exchange) },
	{ .id = "f5",
		.title = "F5 BIG-IP",
		.family = PLAN_FAMILY_GUIDE,
		.where = N_("A certificate object with all intermediates, which the entries of "
			    "client SSL profiles name as their chain."),
		.reload = N_("A changed profile holds for new connections at once."),
		HINTS(plan_hints_f5) },
	{ .id = "haproxy",
		.title = "HAProxy",
		.family = PLAN_FAMILY_SH,
		.bodies = { "haproxy.sh", "common.sh" },
		.where = N_("The file of crt holds certificate, intermediates and mostly the key."),
		.reload = N_(
			"What the runtime API changes is in memory alone, so the file is changed, "
			"too."),
		HINTS(plan_hints_haproxy) },
	{ .id = "iis",
		.title = "IIS",
		.family = PLAN_FAMILY_POWERSHELL,
		.recipe = RECIPE_CERTREQ,
		.bodies = { "windows-stores.ps1", "iis.ps1", "windows.ps1" },
		.builds_chain = true,
		.takes_list = true,
		WINDOWS_STORES,
		HINTS(plan_hints_iis) },
	{ .id = "java-keystore",
		.title = "Java keystore",
		.family = PLAN_FAMILY_SH,
		.recipe = RECIPE_KEYTOOL,
		.bodies = { "java-keystore.sh", "keystore.sh", "common.sh" },
		.where = N_("The chain is part of the key's entry in the keystore, JKS or "
			    "PKCS#12."),
		.reload = N_("Most programs read their keystore only when they start."),
		HINTS(plan_hints_keystore) },
	{ .id = "netscaler",
		.title = "NetScaler ADC",
		.family = PLAN_FAMILY_GUIDE,
		.where = N_("Each certificate is an object (certKey); links between them make the "
			    "chain."),
		.reload = N_("A changed link holds for new connections at once."),
		HINTS(plan_hints_netscaler) },
	{ .id = "nginx",
		.title = "nginx",
		.family = PLAN_FAMILY_SH,
		.bodies = { "nginx.sh", "common.sh" },
		.where = N_(
			"The file of ssl_certificate holds the server's certificate first, then "
			"the intermediates."),
		.reload = N_("A reload starts new workers while the old ones finish; on an error "
			     "the old configuration stays."),
		HINTS(plan_hints_nginx) },
	{ .id = "postfix",
		.title = "Postfix",
		.family = PLAN_FAMILY_SH,
		.bodies = { "postfix.sh", "common.sh" },
		.where = N_("smtpd_tls_chain_files (from 3.4 on) has key, certificate and "
			    "intermediates "
			    "in this order; smtpd_tls_cert_file has the certificate first."),
		.reload = N_("A reload gives new connections the new file."),
		HINTS(plan_hints_postfix) },
	{ .id = "tomcat",
		.title = "Apache Tomcat",
		.family = PLAN_FAMILY_SH,
		.recipe = RECIPE_KEYTOOL,
		.bodies = { "tomcat.sh", "keystore.sh", "common.sh" },
		.where = N_("The files or the keystore that server.xml names: certificateFile and "
			    "certificateChainFile, or certificateKeystoreFile; before 8.5 "
			    "keystoreFile."),
		.reload = N_("The manager application reloads without a restart; nothing else "
			     "does."),
		HINTS(plan_hints_tomcat) },
	{ .id = "weblogic",
		.title = "Oracle WebLogic",
		.family = PLAN_FAMILY_SH,
		.recipe = RECIPE_KEYTOOL,
		.bodies = { "java-keystore.sh", "keystore.sh", "common.sh" },
		.where = N_("The chain is part of the key's entry in the identity keystore."),
		.reload = N_("Restart SSL takes a changed keystore for new connections, without a "
			     "restart of the server."),
		HINTS(plan_hints_weblogic) },
	{ .id = "generic",
		.title = "generic",
		.family = PLAN_FAMILY_SH,
		.bodies = { "generic.sh", "common.sh" },
		.where = N_("Most servers have one file with their own certificate first, then the "
			    "intermediates; some have a second one for the intermediates."),
		.reload = N_("Reload rather than restart where the server can."),
		HINTS(generic_hints) },
};

const char *plan_family_name(enum plan_family family)
{
	static const char *const names[] = { "sh", "powershell", "guide" };

	return names[family];
}

size_t plan_platform_count(void)
{
	return ARRAY_LEN(platforms);
}

const struct plan_platform *plan_platform_at(size_t number)
{
	return number < ARRAY_LEN(platforms) ? &platforms[number] : NULL;
}

const struct plan_platform *plan_platform_generic(void)
{
	return &platforms[ARRAY_LEN(platforms) - 1];
}

/* Does LABEL begin with ID, and does nothing but a version come behind it? */
static bool is_of(const char *label, const char *id)
{
	size_t len = strlen(id);
	char start[40];

	if (strlen(label) < len || len >= sizeof start)
		return false;
	(void)snprintf(start, sizeof start, "%.*s", (int)len, label);
	return text_equal_nocase(start, id) && !isalnum((unsigned char)label[len]);
}

const struct plan_platform *plan_platform_of(const char *label)
{
	const struct plan_platform *found = NULL;

	for (size_t i = 0; label && i < ARRAY_LEN(platforms); i++)
		if (is_of(label, platforms[i].id) &&
			(!found || strlen(platforms[i].id) > strlen(found->id)))
			found = &platforms[i];
	return found;
}

const char *plan_body(const char *name, size_t *ret_len)
{
	for (size_t i = 0; i < plan_body_count; i++) {
		if (strcmp(plan_bodies[i].name, name) != 0)
			continue;
		*ret_len = plan_bodies[i].len;
		return plan_bodies[i].text;
	}
	return NULL;
}
