/* SPDX-License-Identifier: MIT */
#include "checker/base/lang.h"
#include "reports/plan/plan_hints.h"

const struct plan_hint plan_hints_apache[2] = {
	{ N_("Certificates in SSLCACertificateFile are never sent; there they would be trusted for "
	     "certificates of clients."),
		NULL },
	{ N_("Where both SSLCertificateChainFile and a certificate file with intermediates are "
	     "set, the script leaves the certificate alone in its file, and the chain in the "
	     "other."),
		NULL },
};

const struct plan_hint plan_hints_dovecot[1] = {
	{ N_("In 2.3 the setting is ssl_cert = </path, in 2.4 ssl_server_cert_file = /path; blocks "
	     "local_name and local have their own."),
		NULL },
};

const struct plan_hint plan_hints_haproxy[2] = {
	{ N_("With the runtime API (stats socket, level admin) and socat nothing is interrupted; "
	     "else the master process is reloaded."),
		NULL },
	{ N_("issuers-chain-path completes only files without intermediates: a folder with retired "
	     "ones in it does no harm any more once the file has its chain."),
		NULL },
};

const struct plan_hint plan_hints_nginx[1] = {
	{ N_("The file of ssl_trusted_certificate is never sent to anybody: the intermediate does "
	     "not belong there."),
		NULL },
};

const struct plan_hint plan_hints_postfix[1] = {
	{ N_("Certificates issued from May 2025 on are for servers alone: where Postfix also shows "
	     "its certificate as a client (smtp_tls_cert_file), look whether the other side "
	     "accepts it."),
		NULL },
};
