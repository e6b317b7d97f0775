/* SPDX-License-Identifier: MIT */
/*
 * smith - the cryptography of the hostile servers, which are written in Python
 *
 * A request on standard input is four bytes of length (big-endian, as all lengths here), an
 * operation and its fields, each with four bytes of length; the answer on standard output is four
 * bytes of length and bytes.  It ends when its input does; a request that makes no sense aborts.
 *
 *	k name                                 SubjectPublicKeyInfo of the forge's key of that name
 *	p name                                 the same key as PEM, PKCS#8
 *	s name, digest, data                   a signature; "" for a key that brings its own digest,
 *	                                       "PSS:SHA256" for RSASSA-PSS
 *	x group, share                         a share of our own, then the secret: two fields
 *	f path                                 a twin, with all keys made so far, that serves the
 *	                                       Unix socket at that path in the place of its
 *	                                       standard input and output
 *	a cipher, key, nonce, aad, text        text encrypted, then the tag
 *	r cipher, key, iv, layout, text        text as TLS 1.3 records (RFC 8446, 5.2); layout is
 *	                                       the first sequence number (8 bytes), the content
 *	                                       type (1), the most text of one record (2)
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "tests/forge.h"

#define FIELDS 5
#define REQUEST_BYTES (64u << 20)
#define TAG_BYTES 16
#define NONCE_BYTES 12
#define RECORD_TEXT 16384

struct field {
	const uint8_t *data;
	size_t len;
};

struct request {
	uint8_t *bytes;
	struct field fields[FIELDS];
	size_t count;
};

static uint32_t number(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static void put(struct buf *out, const void *bytes, size_t len)
{
	forge_must(buf_add(out, (const char *)bytes, len), "room");
}

static void put_number(struct buf *out, size_t value)
{
	const uint8_t bytes[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
		(uint8_t)(value >> 8), (uint8_t)value };

	put(out, bytes, sizeof bytes);
}

/* A field as text; the NUL is what follows it in a copy. */
static const char *text_of(struct forge *forge, const struct request *request, size_t i)
{
	return (const char *)forge_keep(forge, request->fields[i].data, request->fields[i].len)
		.data;
}

/* --- Keys and signatures --- */

static void public_key(struct forge *forge, const char *name, struct buf *out)
{
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(forge_key(forge, name), &der);

	forge_must(len > 0, "a public key");
	put(out, der, (size_t)len);
	OPENSSL_free(der);
}

static void sign(EVP_PKEY *key, const char *digest, struct field data, struct buf *out)
{
	bool pss = strncmp(digest, "PSS:", 4) == 0;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	size_t len = 0;

	digest += pss ? 4 : 0;
	forge_must(ctx && EVP_DigestSignInit_ex(
				  ctx, &how, *digest ? digest : NULL, NULL, NULL, key, NULL) == 1,
		"a signature");
	if (pss)
		forge_must(
			EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
				EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1,
			"PSS");
	forge_must(EVP_DigestSign(ctx, NULL, &len, data.data, data.len) == 1, "a signature");
	uint8_t *signature = malloc(len);

	forge_must(signature && EVP_DigestSign(ctx, signature, &len, data.data, data.len) == 1,
		"a signature");
	put(out, signature, len);
	free(signature);
	EVP_MD_CTX_free(ctx);
}

/* --- Key shares --- */

static EVP_PKEY *peer_key(const char *group, EVP_PKEY *own, struct field share)
{
	EVP_PKEY *peer = EVP_PKEY_new();

	if (strcmp(group, "X25519") == 0) {
		EVP_PKEY_free(peer);
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, share.data, share.len);
	}
	forge_must(peer && EVP_PKEY_copy_parameters(peer, own) == 1 &&
			   EVP_PKEY_set1_encoded_public_key(peer, share.data, share.len) == 1,
		"a share");
	return peer;
}

static void agree(const char *group, struct field share, struct buf *out)
{
	bool curve25519 = strcmp(group, "X25519") == 0;
	EVP_PKEY *own = curve25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "X25519") : EVP_EC_gen(group);
	EVP_PKEY *peer = peer_key(group, own, share);
	EVP_PKEY_CTX *ctx = own ? EVP_PKEY_CTX_new(own, NULL) : NULL;
	uint8_t *public = NULL, secret[128];
	size_t len = own ? EVP_PKEY_get1_encoded_public_key(own, &public) : 0;
	size_t secret_len = sizeof secret;

	forge_must(ctx && peer && len > 0 && EVP_PKEY_derive_init(ctx) == 1 &&
			   EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
			   EVP_PKEY_derive(ctx, secret, &secret_len) == 1,
		"a secret");
	put_number(out, len);
	put(out, public, len);
	put_number(out, secret_len);
	put(out, secret, secret_len);
	OPENSSL_free(public);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	EVP_PKEY_free(own);
}

/* --- Records --- */

struct sealing {
	EVP_CIPHER_CTX *ctx;
	EVP_CIPHER *cipher;
	const uint8_t *key;
};

static void seal(const struct sealing *with, const uint8_t *nonce, struct field aad,
	struct field text, struct buf *out)
{
	uint8_t *made = malloc(text.len + TAG_BYTES);
	int part = 0, len = 0;

	forge_must(made && EVP_EncryptInit_ex2(with->ctx, with->cipher, with->key, nonce, NULL) &&
			   EVP_EncryptUpdate(with->ctx, NULL, &part, aad.data, (int)aad.len) &&
			   EVP_EncryptUpdate(with->ctx, made, &len, text.data, (int)text.len) &&
			   EVP_EncryptFinal_ex(with->ctx, made + len, &part) &&
			   EVP_CIPHER_CTX_ctrl(
				   with->ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, made + text.len),
		"a record");
	put(out, made, text.len + TAG_BYTES);
	free(made);
}

/* One record; LAYOUT as in the request, with the sequence number of this one. */
static void seal_record(const struct sealing *with, const uint8_t *iv, const uint8_t *layout,
	struct field text, struct buf *out)
{
	uint8_t inner[RECORD_TEXT + 1], nonce[NONCE_BYTES];
	size_t len = text.len + 1 + TAG_BYTES;
	const uint8_t header[] = { 23, 3, 3, (uint8_t)(len >> 8), (uint8_t)len };

	memcpy(inner, text.data, text.len);
	inner[text.len] = layout[8];
	memcpy(nonce, iv, sizeof nonce);
	for (size_t i = 0; i < 8; i++)
		nonce[NONCE_BYTES - 8 + i] ^= layout[i];
	put(out, header, sizeof header);
	seal(with, nonce, (struct field){ header, sizeof header },
		(struct field){ inner, text.len + 1 }, out);
}

static void seal_records(const struct sealing *with, const struct request *request, struct buf *out)
{
	struct field text = request->fields[4];
	uint8_t layout[9];

	forge_must(request->fields[2].len == NONCE_BYTES && request->fields[3].len == 11,
		"the layout of records");
	size_t most = (size_t)request->fields[3].data[9] << 8 | request->fields[3].data[10];

	forge_must(most > 0 && most <= RECORD_TEXT, "the layout of records");
	memcpy(layout, request->fields[3].data, sizeof layout);
	do {
		struct field part = { text.data, text.len < most ? text.len : most };

		seal_record(with, request->fields[2].data, layout, part, out);
		text = (struct field){ text.data + part.len, text.len - part.len };
		for (size_t i = 8; i > 0 && ++layout[i - 1] == 0; i--)
			continue;
	} while (text.len > 0);
}

static void encrypt(
	struct forge *forge, const struct request *request, bool records, struct buf *out)
{
	struct sealing with = { EVP_CIPHER_CTX_new(),
		EVP_CIPHER_fetch(NULL, text_of(forge, request, 0), NULL), request->fields[1].data };

	forge_must(with.ctx && with.cipher &&
			   (size_t)EVP_CIPHER_get_key_length(with.cipher) == request->fields[1].len,
		"a cipher");
	if (records)
		seal_records(&with, request, out);
	else
		seal(&with, request->fields[2].data, request->fields[3], request->fields[4], out);
	EVP_CIPHER_free(with.cipher);
	EVP_CIPHER_CTX_free(with.ctx);
}

/* --- Requests --- */

/* In the twin, descriptors 0 and 1 are the socket from now on. */
static void fork_twin(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	pid_t child = fork();

	forge_must(child >= 0, "a twin");
	if (child > 0)
		return;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	forge_must(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
			   dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0 &&
			   close(fd) == 0,
		"a twin");
}

static void answer(struct forge *forge, const struct request *request, struct buf *out)
{
	static const struct {
		char operation;
		size_t fields;
	} known[] = { { 'k', 1 }, { 'p', 1 }, { 's', 3 }, { 'x', 2 }, { 'f', 1 }, { 'a', 5 },
		{ 'r', 5 } };
	char operation = (char)request->bytes[0];
	const char *pem;
	bool good = false;

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		good = good ||
		       (known[i].operation == operation && known[i].fields == request->count);
	forge_must(good, "sense of a request");
	const char *name = text_of(forge, request, 0);

	switch (operation) {
	case 'k':
		public_key(forge, name, out);
		break;
	case 'p':
		pem = forge_key_pem(forge, name);
		put(out, pem, strlen(pem));
		break;
	case 's':
		sign(forge_key(forge, name), text_of(forge, request, 1), request->fields[2], out);
		break;
	case 'f':
		fork_twin(name);
		break;
	case 'x':
		agree(name, request->fields[1], out);
		break;
	default:
		encrypt(forge, request, operation == 'r', out);
		break;
	}
}

static void split(struct request *request, size_t len)
{
	size_t at = 1;

	request->count = 0;
	while (at < len) {
		forge_must(request->count < FIELDS && len - at >= 4, "sense of a request");
		size_t size = number(request->bytes + at);

		forge_must(size <= len - at - 4, "sense of a request");
		request->fields[request->count++] = (struct field){ request->bytes + at + 4, size };
		at += 4 + size;
	}
}

/* False at the end of the input. */
static bool receive(struct request *request)
{
	uint8_t header[4];

	if (fread(header, 1, sizeof header, stdin) != sizeof header)
		return false;
	size_t len = number(header);

	forge_must(len > 0 && len <= REQUEST_BYTES, "sense of a request");
	request->bytes = malloc(len);
	forge_must(request->bytes && fread(request->bytes, 1, len, stdin) == len, "a request");
	split(request, len);
	return true;
}

int main(void)
{
	struct request request = { 0 };
	struct forge forge;

	/* Nobody waits for a twin. */
	forge_must(signal(SIGCHLD, SIG_IGN) != SIG_ERR, "twins");
	forge_init(&forge, FORGE_KEYS_FAST);
	while (receive(&request)) {
		struct buf out = BUF_INIT(2 * REQUEST_BYTES), header = BUF_INIT(4);

		answer(&forge, &request, &out);
		put_number(&header, out.len);
		forge_must(fwrite(header.data, 1, header.len, stdout) == header.len &&
				   fwrite(out.data, 1, out.len, stdout) == out.len &&
				   fflush(stdout) == 0,
			"an answer");
		buf_release(&header);
		buf_release(&out);
		free(request.bytes);
	}
	forge_release(&forge);
	return 0;
}
