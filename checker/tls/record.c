/* SPDX-License-Identifier: MIT */
#include "checker/tls/record.h"

#define MESSAGE_HEADER 4u

void record_rest_init(struct record_rest *rest, size_t max)
{
	*rest = (struct record_rest){ .held = BUF_INIT(max) };
}

void record_rest_release(struct record_rest *rest)
{
	buf_release(&rest->held);
	rest->given = false;
}

void record_rest_settle(struct record_rest *rest)
{
	if (rest->given)
		record_rest_release(rest);
}

/* Moves bytes of IN to what is held until that is LEN long; false when memory runs out. */
static bool hold(struct record_rest *rest, struct bytes *in, size_t len)
{
	size_t more = len > rest->held.len ? len - rest->held.len : 0;
	struct bytes taken;

	if (more > in->len)
		more = in->len;
	return more == 0 ||
	       (bytes_take(in, more, &taken) && buf_add(&rest->held, taken.at, taken.len));
}

/*
 * What is begun: in the held bytes when there are some, in IN otherwise.  When HEADER bytes of it
 * are there, or will be after this.
 */
static bool peek(struct record_rest *rest, struct bytes *in, size_t header, struct bytes *ret_begun)
{
	if (rest->held.len > 0 && !hold(rest, in, header))
		return false;
	if (rest->held.len > 0)
		*ret_begun = (struct bytes){ (const uint8_t *)rest->held.data, rest->held.len };
	else
		*ret_begun = *in;
	return true;
}

/* The LEN bytes of a record or message, header included, if they are there. */
static enum record_status give(
	struct record_rest *rest, struct bytes *in, size_t len, struct bytes *ret_whole)
{
	if (rest->held.len == 0 && bytes_take(in, len, ret_whole))
		return RECORD_WHOLE;
	if (!hold(rest, in, len))
		return RECORD_NO_MEMORY;
	if (rest->held.len < len)
		return RECORD_SHORT;
	*ret_whole = (struct bytes){ (const uint8_t *)rest->held.data, len };
	rest->given = true;
	return RECORD_WHOLE;
}

enum record_status record_next(
	struct record_rest *rest, struct bytes *in, size_t max, struct record *ret_record)
{
	struct bytes begun;

	record_rest_settle(rest);
	if (!peek(rest, in, RECORD_HEADER, &begun))
		return RECORD_NO_MEMORY;
	if (begun.len < RECORD_HEADER)
		return hold(rest, in, RECORD_HEADER) ? RECORD_SHORT : RECORD_NO_MEMORY;
	size_t len = (size_t)begun.at[3] << 8 | begun.at[4];
	*ret_record = (struct record){
		.type = begun.at[0],
		.major = begun.at[1],
		.minor = begun.at[2],
	};
	if (len > max)
		return RECORD_TOO_LONG;
	enum record_status status = give(rest, in, RECORD_HEADER + len, &ret_record->whole);
	if (status == RECORD_WHOLE)
		ret_record->fragment = (struct bytes){ ret_record->whole.at + RECORD_HEADER, len };
	return status;
}

enum record_status message_next(struct record_rest *rest, struct bytes *fragment,
	const struct message_max *max, struct message *ret_message)
{
	struct bytes begun;

	record_rest_settle(rest);
	if (!peek(rest, fragment, MESSAGE_HEADER, &begun))
		return RECORD_NO_MEMORY;
	if (begun.len < MESSAGE_HEADER)
		return hold(rest, fragment, MESSAGE_HEADER) ? RECORD_SHORT : RECORD_NO_MEMORY;
	size_t len = (size_t)begun.at[1] << 16 | (size_t)begun.at[2] << 8 | begun.at[3];
	*ret_message = (struct message){ .type = begun.at[0], .announced = len };
	if (len > max->of(max->arg, begun.at[0])) {
		ret_message->body = rest->held.len > 0 ? *fragment
						       : (struct bytes){ begun.at + MESSAGE_HEADER,
								 begun.len - MESSAGE_HEADER };
		return RECORD_TOO_LONG;
	}
	enum record_status status = give(rest, fragment, MESSAGE_HEADER + len, &ret_message->whole);
	if (status == RECORD_WHOLE)
		ret_message->body = (struct bytes){ ret_message->whole.at + MESSAGE_HEADER, len };
	return status;
}

bool record_write(struct buf *out, enum record_type type, unsigned version, struct bytes payload)
{
	struct bytes part;

	while (payload.len > 0) {
		size_t len = payload.len < RECORD_PLAIN_BYTES ? payload.len : RECORD_PLAIN_BYTES;
		const uint8_t header[RECORD_HEADER] = { (uint8_t)type, (uint8_t)(version >> 8),
			(uint8_t)version, (uint8_t)(len >> 8), (uint8_t)len };

		if (!bytes_take(&payload, len, &part) || !buf_add(out, header, sizeof header) ||
			!buf_add(out, part.at, part.len))
			return false;
	}
	return true;
}
