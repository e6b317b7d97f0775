/* SPDX-License-Identifier: MIT */
#include "checker/base/lang.h"
#include "reports/plan/plan_hints.h"

const struct plan_hint plan_hints_f5[8] = {
	{ N_("Which profiles have the certificate, and which chain each of them names: note it, to "
	     "be able to go back."),
		"tmsh list ltm profile client-ssl PROFILE cert-key-chain" },
	{ N_("Bring chain.pem to the device and install it under a new name: one object with all "
	     "intermediates, in order, no root."),
		"tmsh install sys crypto cert NEWCHAIN from-local-file /var/tmp/chain.pem" },
	{ N_("If the chain does not belong to the certificate, BIG-IP is said to send none at all "
	     "and to say nothing: look from outside."),
		NULL },
	{ N_("Let the entry of each profile name the new chain; certificate and key stay. "
	     "Connections that are open keep the old one."),
		"tmsh modify ltm profile client-ssl PROFILE cert-key-chain modify { ENTRY { cert "
		"CERT "
		"key KEY chain NEWCHAIN.crt } }" },
	{ N_("When what is sent is right, save the configuration."), "tmsh save sys config" },
	{ N_("Delete the old chain only when no profile names it any more. Before that, hold its "
	     "SHA-1 against the one of this plan: the name of the object tells nothing."),
		"tmsh delete sys crypto cert OLDCHAIN" },
	{ N_("To take it back, let the entry name the old chain again, and save."),
		"tmsh modify ltm profile client-ssl PROFILE cert-key-chain modify { ENTRY { cert "
		"CERT "
		"key KEY chain OLDCHAIN.crt } }" },
	{ N_("Both nodes of a pair have to send it: scan each by its own address."), NULL },
};

const struct plan_hint plan_hints_netscaler[9] = {
	{ N_("Which certificate is linked to which: note it, to be able to go back."),
		"show ssl certLink" },
	{ N_("Bring the certificates of this plan to the device, each in a file of its own, and "
	     "add "
	     "each under a new name."),
		"add ssl certKey NEWISSUER -cert /nsconfig/ssl/FILE" },
	{ N_("Link the new intermediate to the cross certificate, where there is one."),
		"link ssl certKey NEWISSUER NEWCROSS" },
	{ N_("Let the server's certificate be linked to the new one; between these two commands it "
	     "is sent alone."),
		"unlink ssl certKey SERVER" },
	{ N_("Then at once link it again."), "link ssl certKey SERVER NEWISSUER" },
	{ N_("Look from outside; when it is right, save. The appliance must not send the root."),
		"save ns config" },
	{ N_("Remove the old intermediate by the name of its object, after its SHA-1 was held "
	     "against the one of this plan; the appliance refuses while it is linked."),
		"rm ssl certKey OLDISSUER" },
	{ N_("To take it back, link the server's certificate to the old one again."),
		"link ssl certKey SERVER OLDISSUER" },
	{ N_("A new certificate for the same names replaces the old one in place."),
		"update ssl certKey SERVER -cert /nsconfig/ssl/FILE -key /nsconfig/ssl/KEYFILE" },
};

const struct plan_hint plan_hints_domino[8] = {
	{ N_("From 12 on certificates live in the database certstore.nsf, up to 11 in a keyring "
	     "file; "
	     "keep a copy of either first."),
		NULL },
	{ N_("From 12 on: a file with key, certificate and the chain of this plan, in PEM. It is "
	     "deleted when it was imported, so keep a copy."),
		"load certmgr -importpem FILE.pem" },
	{ N_("The servers take what is new in the database by themselves."),
		"load certmgr -showcerts" },
	{ N_("A keyring that is still in use is brought into the database."),
		"load certmgr -importkyr all" },
	{ N_("Intermediates among the Trusted Roots of the database are used to complete chains: "
	     "remove a retired one there too, or it comes back."),
		NULL },
	{ N_("Up to 11: import key, certificate and chain into the keyring, then restart HTTP."),
		"kyrtool import all -k KEYRING.kyr -i FILE.pem" },
	{ N_("Retired and current intermediate have the same name: hold the SHA-1 of what is "
	     "removed against the one of this plan."),
		NULL },
	{ N_("To take it back, put the copy of the keyring or of the database in place again."),
		NULL },
};
