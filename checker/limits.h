/* SPDX-License-Identifier: MIT */
/*
 * limits - every bound of the program, with its reason
 *
 * Whatever a remote or an input file controls ends at one of these.  What is
 * cut is counted and said, never silently lost.
 */
#ifndef CHECKER_LIMITS_H
#define CHECKER_LIMITS_H

/* Input */
#define LIMIT_INPUT_BYTES (4ull << 30)     /* a target file: sixteen million long lines */
#define LIMIT_INVENTORY_BYTES (256u << 20) /* one that has to be in memory whole */
#define LIMIT_LINE_BYTES 65536u            /* one line of it; a CSV row of labels is far below */
#define LIMIT_TARGETS (16u << 20)          /* all targets of a run: four bytes each */
#define LIMIT_CIDR_BITS 20                 /* addresses of one range: 2^20, a /12 of IPv4 */
#define LIMIT_LABELS 64                    /* labels of one target */
#define LIMIT_OWNER_ROWS (1u << 20)        /* of an owner map: every host of a large one, by name */
#define LIMIT_PROFILE_BYTES (1u << 20)     /* a profile is some ten kilobytes */
#define LIMIT_CHAIN_FILE_BYTES (16u << 20) /* a file for `check` */
#define LIMIT_CSR_BYTES 65536u          /* a signing request of a hundred names has six kilobytes */
#define LIMIT_CSR_FILE_BYTES (4u << 20) /* the mail around some of them */
#define LIMIT_CSRS 256                  /* requests of one file */

/* What a server sends */
#define LIMIT_HANDSHAKE_BYTES (2u << 20) /* of one connection before the chain is whole */
#define LIMIT_CHUNK_BYTES \
	16384u /* handed to OpenSSL at once: one flooding server cannot hold a thread */
#define LIMIT_CERT_LIST_BYTES \
	(1u << 20) /* a Certificate message; OpenSSL alone takes a tenth of it */
#define LIMIT_MESSAGE_BYTES (512u << 10) /* any other one: three vectors of 2^16 are its most */
#define LIMIT_IDLE_RECORDS 32            /* that say nothing: empty ones, warnings, HelloRequest */
#define LIMIT_DH_BITS_MIN 512            /* as OpenSSL: less is no key agreement but a mistake */
#define LIMIT_DH_BITS 10000
#define LIMIT_CHAIN 32              /* certificates kept of one list; Java's own bound is 10 */
#define LIMIT_STAPLE_BYTES 65536u   /* a stapled OCSP answer is some 2 KiB */
#define LIMIT_SCT_BYTES 8192u       /* timestamps in a handshake; each is some 120 bytes */
#define LIMIT_GREETING_BYTES 16384u /* plain text before TLS, one reply */
#define LIMIT_ADDRESSES 64          /* addresses of one name */
#define LIMIT_CAA 16                /* CAA records of one name; real ones have five */
#define LIMIT_LOOKS 128             /* further looks in one record: four ways, --repeat 100 */
#define LIMIT_NAMES_KEPT 4096       /* names a resolver remembers */

/* Targets on their way */
#define LIMIT_WINDOW 16384      /* targets that the next one is drawn from: a /18, some megabytes */
#define LIMIT_PARKED 4096       /* connections of one thread that wait for somebody's manners */
#define LIMIT_BUCKETS (1 << 18) /* addresses and networks that were connected to just now */

/* Results read back */
#define LIMIT_RECORD_BYTES                                                                        \
	(256u << 20) /* above 32 certificates out of a file of 16 MiB, every byte of them escaped \
		      */
#define LIMIT_RUN_BYTES                                                          \
	(1u << 20) /* what a document says of its run, before and behind results \
		    */

/* Evidence read back */
#define LIMIT_OBSERVATION_BYTES (16u << 20) /* a line of it: 64 labels of 64 KiB, all escaped */
#define LIMIT_MANIFEST_BYTES (16u << 20)    /* stores of thousands of anchors by fingerprint */

/* Captures of other programs */
#define LIMIT_CAPTURE_LINE_BYTES \
	(16u << 20)               /* JSON of one host: a chain three times, parsed, too */
#define LIMIT_CAPTURED (4u << 20) /* connections of all files: some hundred bytes each */
#define LIMIT_CAPTURE_MODULES 64  /* modules in one line of zgrab2 */

/* Remembered during a run */
#define LIMIT_CERTS_KEPT 1024 /* certificates of some 3 KiB: more than a fleet shares */
#define LIMIT_ANSWERS_KEPT \
	128 /* of trust, some 2 KiB: one for each way in which servers are set up */

#define LIMIT_INSPECTION_HELD                                                                     \
	4096 /* services that wait, and issuers kept, to see whether a middlebox answers for many \
	      */

/* Paths */
#define LIMIT_PATH_DEPTH 12 /* certificates of a path, both ends counted */
#define LIMIT_PATHS 64      /* paths looked at for one chain */
#define LIMIT_LINES 64      /* lines of issuers that are drawn of one chain: more than a page */
#define LIMIT_PATH_STEPS \
	1024 /* certificates stood on in search of them: lines that lead nowhere count too */
#define LIMIT_SIGNATURE_CHECKS \
	256                 /* for one chain: a complete graph of CAs has exponentially many */
#define LIMIT_RSA_BITS 8192 /* larger keys cost 10 ms a check and are refused by clients anyway */
#define LIMIT_RSA_EXPONENT_BITS 32 /* as long as the modulus it costs as much; Go takes 31 bits */
#define LIMIT_EC_BITS 521
#define LIMIT_DSA_BITS 3072 /* FIPS 186-4 has no larger ones */
#define LIMIT_TRUST_STORES 16
#define LIMIT_WAIVERS 4096 /* each is tried on each result */
#define LIMIT_POOL 64      /* certificates a profile adds */

/* Fetched */
#define LIMIT_FETCH_CERT_BYTES 65536u
#define LIMIT_FETCH_LIST_BYTES (50u << 20) /* the largest public lists are some 40 MiB */
#define LIMIT_FETCH_REDIRECTS 3
#define LIMIT_LIST_EXTENSION_BYTES 65536u /* of a list itself, and of a name in it */
#define LIMIT_LIST_URLS 8                 /* at which a list says that its delta lists are */
#define LIMIT_LIST_OWNERS 2048 /* issuers that an indirect list names: more than there are CAs */

/* Fetched because a remote's certificate says so (--fetch any) */
#define LIMIT_URL_BYTES 512
#define LIMIT_ANSWER_LISTS 4     /* lists asked for about one chain */
#define LIMIT_INQUIRIES 16384    /* observations that wait to be asked about: some 100 MB */
#define LIMIT_INQUIRY_THREADS 8  /* requests at the same time */
#define LIMIT_REMOTE_URLS 100000 /* different ones in a run */
#define LIMIT_REMOTE_LIST_BYTES (512u << 20) /* all lists of a run together */
#define LIMIT_OCSP_BYTES 65536u              /* as a stapled one */

/* Looked at as a CA looks that validates a domain (dcv) */
#define LIMIT_DCV_NAMES 1024   /* of a run; a certificate has 50 */
#define LIMIT_DCV_RESOLVERS 8  /* asked beside each other */
#define LIMIT_DCV_SERVERS 16   /* addresses of authoritative servers; thirteen are a zone's most */
#define LIMIT_DCV_ADDRESSES 16 /* of a name, each visited twice */
#define LIMIT_DCV_REDIRECTS 10 /* followed in a row; the rules give no number, CAs take as many */
#define LIMIT_DCV_HEAD_BYTES 65536u /* of one answer, interim ones counted */
#define LIMIT_DCV_BODY_BYTES 16384u /* a code is some dozens */
#define LIMIT_DCV_TEXTS 64        /* TXT records of a name: as many as fit into an answer by UDP */
#define LIMIT_DCV_TEXT_BYTES 1024 /* kept of one */
#define LIMIT_DNS_RECORDS 128     /* kept of one answer */

/* Names, as long as certificates and DNS allow, for fixed arrays */
#define LIMIT_HOST_BYTES 256   /* RFC 1035, 2.3.4: 255 octets */
#define LIMIT_ADDRESS_BYTES 64 /* IPv6 text with a scope */
#define LIMIT_NAME_BYTES 4096  /* a subject, made printable; longer ones are cut */
#define LIMIT_SANS 4096        /* names kept of one certificate; the rest are counted */

#endif
