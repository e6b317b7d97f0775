/* SPDX-License-Identifier: MIT */
#include "checker/conform/conform.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "checker/base/lang.h"
#include "checker/cert/cert_holder.h"
#include "checker/conform/conform_parts.h"

static const struct {
	enum conform_group group;
	enum conform_book book;
} faults[CONFORM_COUNT] = {
#define FAULT(symbol, group_, book_, text) \
	[CONFORM_##symbol] = { CONFORM_GROUP_##group_, CONFORM_##book_ },
#include "checker/conform/faults.def"
#undef FAULT
};

static_assert(CONFORM_WORDS <= CERT_CONFORM_WORDS, "room in struct cert_holder");

bool conform_any(const struct conform *conform)
{
	for (size_t i = 0; i < CONFORM_WORDS; i++)
		if (conform->bits[i])
			return true;
	return false;
}

enum conform_group conform_group(enum conform_fault fault)
{
	return faults[fault].group;
}

enum conform_book conform_book(enum conform_fault fault)
{
	return faults[fault].book;
}

static struct conform read(const struct cert *cert, bool leaf)
{
	struct conform found = { { 0 } };
	struct conform_reading reading = { .cert = cert, .leaf = leaf, .out = &found };
	size_t len;
	const uint8_t *der = cert_der(cert, &len);

	if (!cert_fields_read(der, len, &reading.fields)) {
		conform_add(&reading, CONFORM_DER);
		return found;
	}
	/* A CA certificate that a server uses as its own is judged as what it is. */
	reading.authority = !leaf || cert->is_ca;
	reading.self = !leaf && cert->self_signed;
	conform_fields(&reading);
	conform_key(&reading);
	if (!conform_extensions(&reading))
		return found;
	conform_subject(&reading);
	conform_usages(&reading);
	conform_key_ids(&reading);
	conform_names(&reading);
	conform_constraints(&reading);
	conform_policies(&reading);
	return found;
}

/* Whoever reads it at the same time finds the same. */
static bool recall(struct cert_conform *memo, struct conform *ret_found)
{
	if (!atomic_load_explicit(&memo->known, memory_order_acquire))
		return false;
	for (size_t i = 0; i < CONFORM_WORDS; i++)
		ret_found->bits[i] = atomic_load_explicit(&memo->bits[i], memory_order_relaxed);
	return true;
}

static void keep(struct cert_conform *memo, const struct conform *found)
{
	for (size_t i = 0; i < CONFORM_WORDS; i++)
		atomic_store_explicit(&memo->bits[i], found->bits[i], memory_order_relaxed);
	atomic_store_explicit(&memo->known, true, memory_order_release);
}

struct conform conform_of(const struct cert *cert, enum conform_place place)
{
	struct conform found = { { 0 } };
	struct cert_conform *memo = &cert_holder(cert)->conform;

	if (!cert->readable)
		return found;
	if (place == CONFORM_LEAF)
		return read(cert, true);
	if (!recall(memo, &found)) {
		found = read(cert, false);
		keep(memo, &found);
	}
	return found;
}
