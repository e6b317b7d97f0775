/* SPDX-License-Identifier: MIT */
#include "checker/base/lang.h"
#include "reports/plan/plan_hints.h"

/* What schannel does, and what scripts for Windows do about it. */
#define SCHANNEL_SENDS                                                                            \
	{                                                                                         \
		N_("Windows sends the chain that it builds itself, and of several the shortest. " \
		   "Where it "                                                                    \
		   "trusts the root, it never sends the cross certificate, in whatever store "    \
		   "that is: a "                                                                  \
		   "missing one is advice here. Do not distrust the root to force it; put "       \
		   "another server "                                                              \
		   "in front where old devices matter."),                                         \
			NULL                                                                      \
	}
#define HIDDEN_COPIES                                                                            \
	{                                                                                        \
		N_("Services keep certificates that they fetched in hidden stores of their own " \
		   "accounts, "                                                                  \
		   "which the console of the computer's certificates does not show; the script " \
		   "looks "                                                                      \
		   "there too."),                                                                \
			"reg query "                                                             \
			"\"HKU\\S-1-5-"                                                          \
			"18\\Software\\Microsoft\\SystemCertificates\\CA\\Certificates\""        \
	}
#define COMES_BACK                                                                              \
	{                                                                                       \
		N_("A certificate that comes back after it was removed is in the store of the " \
		   "enterprise "                                                                \
		   "or of a group policy: the administrators of the domain have to remove it "  \
		   "there."),                                                                   \
			"certutil -enterprise -store CA"                                        \
	}
#define CACHES                                                                                   \
	{                                                                                        \
		N_("Chains and lists are cached in memory and on disk; the script has them "     \
		   "looked up "                                                                  \
		   "again, without a restart. What is sent may take minutes to change; when it " \
		   "does not, "                                                                  \
		   "restart what serves, at last the machine."),                                 \
			"certutil -setreg chain\\ChainCacheResyncFiletime \"@now\""              \
	}
#define LIST_AGES                                                                                \
	{                                                                                        \
		N_("The revocation list in the store is for this machine's own checks; serving " \
		   "does not "                                                                   \
		   "need it. While it is valid it hides a newer one on the web, so import it "   \
		   "again before "                                                               \
		   "it ends."),                                                                  \
			"certutil -addstore CA LIST.crl"                                         \
	}
#define ONE_A_FILE                                                                                 \
	{                                                                                          \
		N_("One certificate a file: Windows imports only the first of several. A backup "  \
		   "in "                                                                           \
		   "PKCS#12 with the old chain in it brings the old intermediate back when it is " \
		   "imported."),                                                                   \
			"certutil -importPFX MY FILE.pfx NoChain"                                  \
	}

/* What holds for every server that schannel serves. */
#define WINDOWS_HINTS SCHANNEL_SENDS, HIDDEN_COPIES, COMES_BACK, CACHES, LIST_AGES, ONE_A_FILE

const struct plan_hint plan_hints_iis[9] = {
	WINDOWS_HINTS,
	{ N_("What is bound to which certificate."), "netsh http show sslcert" },
	{ N_("The request is made on this machine, so that the key never leaves it; certreq takes "
	     "the file that chainmend writes."),
		"certreq -new REQUEST.inf REQUEST.req" },
	{ N_("The certificate that came is installed and bound wherever the old one was."),
		"powershell -ExecutionPolicy Bypass -File apply.ps1 -Complete FILE.cer" },
};

#define EMS_REQUEST                                                                               \
	{                                                                                         \
		N_("A new certificate needs a new request each time, never a renewal of the old " \
		   "one; the "                                                                    \
		   "script that chainmend writes makes it in the Exchange Management Shell, in "  \
		   "plain "                                                                       \
		   "ASCII, which CAs can read."),                                                 \
			".\\REQUEST.ps1"                                                          \
	}
#define EMS_COMPLETE                                                                             \
	{                                                                                        \
		N_("Installing is not enough: a certificate serves nothing until services are "  \
		   "assigned to "                                                                \
		   "it. The script gives it those of the old one; when Exchange asks about the " \
		   "default "                                                                    \
		   "certificate of SMTP, No is right unless the old one was that."),             \
			".\\apply.ps1 -Complete FILE.cer"                                        \
	}
#define EMS_KEY                                                                                 \
	{                                                                                       \
		N_("Back up certificate and key once they are installed: a pending request is " \
		   "exported "                                                                  \
		   "without its key, so before that only a backup of the machine has it."),     \
			".\\apply.ps1 -Backup FILE.pfx"                                         \
	}
#define EMS_CONNECTORS                                                                             \
	{                                                                                          \
		N_("A connector that names its certificate by issuer and subject matches old and " \
		   "new "                                                                          \
		   "alike: remove the old server certificate, by thumbprint, when all is well."),  \
			"Remove-ExchangeCertificate -Thumbprint THUMBPRINT"                        \
	}
#define EMS_LOOK                                                      \
	{                                                             \
		N_("Which certificate has which services."),          \
			"Get-ExchangeCertificate | Format-List "      \
			"Subject,Thumbprint,Services,Status,NotAfter" \
	}

/* ... and for every Exchange. */
#define EXCHANGE_HINTS EMS_REQUEST, EMS_COMPLETE, EMS_KEY, EMS_CONNECTORS, EMS_LOOK

const struct plan_hint plan_hints_exchange[11] = {
	WINDOWS_HINTS,
	EXCHANGE_HINTS,
};

const struct plan_hint plan_hints_exchange_2010[12] = {
	{ N_("Keep PowerShell 2.0: newer ones break Exchange 2010. The script uses nothing that "
	     "came later."),
		NULL },
	WINDOWS_HINTS,
	EXCHANGE_HINTS,
};
