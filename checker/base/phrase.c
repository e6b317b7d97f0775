/* SPDX-License-Identifier: MIT */
#include "checker/base/phrase.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"

#define TEXT_BYTES 1024 /* of an English text with its places */
#define LINE_BYTES 4096 /* of what is said in the end */
#define NUMBER_BYTES 64

/* One place in a text: %[N$][flags][width][.precision][length]conversion. */
struct place {
	size_t number; /* from 1; 0: the next */
	bool zeros;
	size_t width, precision;
	bool has_precision, star;
	char length[3];
	char conversion; /* '%' stands for itself; NUL: none that is known */
};

static const char *read_number(const char *at, size_t *ret_number)
{
	size_t number = 0;

	for (; *at >= '0' && *at <= '9'; at++)
		if (number < NUMBER_BYTES * 16)
			number = number * 10 + (size_t)(*at - '0');
	*ret_number = number;
	return at;
}

/* AT is behind the '%'; gives what is behind the conversion. */
static const char *read_place(const char *at, struct place *ret_place)
{
	struct place place = { .number = 0 };
	size_t number, len = 0;
	const char *behind = read_number(at, &number);

	if (behind > at && *behind == '$') {
		place.number = number;
		at = behind + 1;
	}
	for (; *at && strchr("-+ #0", *at); at++)
		place.zeros |= *at == '0';
	at = read_number(at, &place.width);
	if (*at == '.') {
		place.has_precision = true;
		place.star = at[1] == '*';
		at = place.star ? at + 2 : read_number(at + 1, &place.precision);
	}
	for (; *at && strchr("hlzjt", *at); at++)
		if (len + 1 < sizeof place.length)
			place.length[len++] = *at;
	place.conversion = *at && strchr("%scdiuxXfg", *at) ? *at : '\0';
	*ret_place = place;
	return *at ? at + 1 : at;
}

/* A phrase in the making. */
struct making {
	char *out;
	size_t size, used;
};

static size_t room_of(const struct making *making, size_t reserve)
{
	size_t taken = making->used + reserve + 1;

	return taken < making->size ? making->size - taken : 0;
}

static void put(struct making *making, const char *bytes, size_t len)
{
	memcpy(making->out + making->used, bytes, len);
	making->used += len;
}

/* RESERVE bytes are left for what comes behind. */
static void put_argument(struct making *making, const char *text, size_t len, size_t reserve)
{
	struct phrase_parts parts;
	char plain[LINE_BYTES];
	size_t room = room_of(making, reserve);

	if (phrase_take(text, len, &parts)) {
		if (len <= room) {
			put(making, text, len);
			return;
		}
		char whole[LINE_BYTES];
		len = len < sizeof whole - 1 ? len : sizeof whole - 1;
		memcpy(whole, text, len);
		whole[len] = '\0';
		phrase_render(whole, LANGUAGE_EN, plain, sizeof plain);
		text = plain;
		len = strlen(plain);
	}
	text_printable(text, len, making->out + making->used, room + 1);
	making->used += strlen(making->out + making->used);
}

static bool is_long(const struct place *place)
{
	return place->length[0] && place->length[0] != 'h';
}

/* All lengths but int's are those of long long here: LP64, and Windows has none of them. */
static_assert(sizeof(size_t) == sizeof(long long) && sizeof(long) == sizeof(long long) &&
		      sizeof(intmax_t) == sizeof(long long),
	"one width for all long arguments");

static size_t format_number(const struct place *place, va_list *args, char out[NUMBER_BYTES])
{
	char digits[NUMBER_BYTES];
	int len = 0;

	switch (place->conversion) {
	case 'g':
		len = snprintf(digits, sizeof digits, "%.*g",
			place->has_precision ? (int)place->precision : 6, va_arg(*args, double));
		break;
	case 'f':
		len = snprintf(digits, sizeof digits, "%.*f",
			place->has_precision ? (int)place->precision : 6, va_arg(*args, double));
		break;
	case 'd':
	case 'i':
		len = snprintf(digits, sizeof digits, "%lld",
			is_long(place) ? va_arg(*args, long long) : va_arg(*args, int));
		break;
	case 'u':
		len = snprintf(digits, sizeof digits, "%llu",
			is_long(place) ? va_arg(*args, unsigned long long)
				       : va_arg(*args, unsigned));
		break;
	case 'x':
	case 'X':
		len = snprintf(digits, sizeof digits, place->conversion == 'x' ? "%llx" : "%llX",
			is_long(place) ? va_arg(*args, unsigned long long)
				       : va_arg(*args, unsigned));
		break;
	default:
		digits[len++] = (char)va_arg(*args, int);
		break;
	}
	size_t used = 0, count = len > 0 && len < NUMBER_BYTES ? (size_t)len : 0;
	size_t width = place->width < NUMBER_BYTES - 1 ? place->width : NUMBER_BYTES - 1;

	while (used + count < width)
		out[used++] = place->zeros ? '0' : ' ';
	memcpy(out + used, digits, count);
	return used + count;
}

static void put_next(
	struct making *making, const struct place *place, va_list *args, size_t reserve)
{
	size_t most = SIZE_MAX;
	char number[NUMBER_BYTES];

	if (place->star) {
		int given = va_arg(*args, int);
		most = given < 0 ? SIZE_MAX : (size_t)given;
	} else if (place->has_precision) {
		most = place->precision;
	}
	if (place->conversion != 's') {
		put_argument(making, number, format_number(place, args, number), reserve);
		return;
	}
	const char *text = va_arg(*args, const char *);
	if (!text)
		text = "(null)";
	/* A phrase is cut as a whole, or not at all. */
	put_argument(making, text, phrase_is(text) ? strlen(text) : strnlen(text, most), reserve);
}

static size_t count_places(const char *fmt)
{
	size_t count = 0;

	while ((fmt = strchr(fmt, '%'))) {
		struct place place;

		fmt = read_place(fmt + 1, &place);
		count += place.conversion != '%';
		/* A place that is not understood would take the next one's argument. */
		assert(place.conversion && !place.number);
	}
	return count;
}

void phrase_vsay(char *out, size_t size, const char *fmt, va_list args)
{
	struct making making = { .out = out, .size = size };
	size_t places = count_places(fmt), len = strlen(fmt);
	bool bare = strcmp(fmt, "%s") == 0; /* nothing to translate around it */
	va_list own;

	assert(places <= PHRASE_PLACES && len < TEXT_BYTES);
	if (size == 0)
		return;
	out[0] = '\0';
	if (!bare && len + places + 3 > size) {
		text_printable(fmt, len, out, size);
		return;
	}
	if (!bare) {
		out[making.used++] = PHRASE_OPEN;
		put(&making, fmt, len);
	}
	va_copy(own, args);
	for (const char *at = fmt; (at = strchr(at, '%'));) {
		struct place place;

		at = read_place(at + 1, &place);
		if (place.conversion == '%')
			continue;
		places--;
		if (!bare)
			out[making.used++] = PHRASE_NEXT;
		put_next(&making, &place, &own, bare ? 0 : places + 1);
	}
	va_end(own);
	if (!bare)
		out[making.used++] = PHRASE_CLOSE;
	out[making.used] = '\0';
}

void phrase_say(char *out, size_t size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	phrase_vsay(out, size, fmt, args);
	va_end(args);
}

void phrase_add(struct buf *out, enum language language, const char *fmt, ...)
{
	char said[LINE_BYTES], text[LINE_BYTES];
	va_list args;

	va_start(args, fmt);
	phrase_vsay(said, sizeof said, fmt, args);
	va_end(args);
	phrase_render(said, language, text, sizeof text);
	(void)buf_add_text(out, text);
}

void phrase_make(
	char *out, size_t size, const char *text, const char *const *arguments, size_t count)
{
	struct making making = { .out = out, .size = size };
	size_t len = strlen(text);

	if (size == 0)
		return;
	count = count < PHRASE_PLACES ? count : PHRASE_PLACES;
	out[0] = '\0';
	if (len >= TEXT_BYTES || len + count + 3 > size) {
		text_printable(text, len, out, size);
		return;
	}
	out[making.used++] = PHRASE_OPEN;
	text_printable(text, len, out + making.used, size - making.used - count - 1);
	making.used += strlen(out + making.used);
	for (size_t i = 0; i < count; i++) {
		out[making.used++] = PHRASE_NEXT;
		put_argument(&making, arguments[i], strlen(arguments[i]), count - i);
	}
	out[making.used++] = PHRASE_CLOSE;
	out[making.used] = '\0';
}

void phrase_from(char *out, size_t size, const char *text)
{
	if (!phrase_is(text) && lang_knows(text))
		phrase_make(out, size, text, NULL, 0);
	else
		phrase_say(out, size, "%s", text);
}

bool phrase_is(const char *text)
{
	struct phrase_parts parts;

	return text[0] == PHRASE_OPEN && phrase_take(text, strlen(text), &parts);
}

bool phrase_take(const char *phrase, size_t len, struct phrase_parts *ret_parts)
{
	struct phrase_parts parts = { .count = 0 };
	size_t depth = 0;

	if (len < 2 || phrase[0] != PHRASE_OPEN || phrase[len - 1] != PHRASE_CLOSE)
		return false;
	struct phrase_part *part = &parts.text;
	part->at = phrase + 1;
	for (size_t i = 1; i + 1 < len; i++) {
		depth += phrase[i] == PHRASE_OPEN;
		if (phrase[i] == PHRASE_CLOSE && depth-- == 0)
			return false;
		if (phrase[i] != PHRASE_NEXT || depth > 0)
			continue;
		part->len = (size_t)(phrase + i - part->at);
		if (parts.count == PHRASE_PLACES)
			return false;
		part = &parts.arguments[parts.count++];
		part->at = phrase + i + 1;
	}
	part->len = (size_t)(phrase + len - 1 - part->at);
	*ret_parts = parts;
	return depth == 0;
}

/* A sentence in the making. */
struct sink {
	enum language language;
	char *out;
	size_t size, used;
	size_t depth;
};

static void sink_add(struct sink *sink, const char *bytes, size_t len)
{
	size_t room = sink->size - 1 - sink->used;

	len = len < room ? len : room;
	memcpy(sink->out + sink->used, bytes, len);
	sink->used += len;
}

static void sink_phrase(struct sink *sink, const char *phrase, size_t len);

/* Puts ARGUMENT in; gives how much of what comes BEHIND the place is not wanted. */
static size_t sink_argument(
	struct sink *sink, const struct phrase_part *argument, const char *behind)
{
	size_t from = sink->used;

	sink_phrase(sink, argument->at, argument->len);
	sink->out[sink->used] = '\0';
	/* The blanks around a place are those that stand beside Latin letters. */
	if (from > 0 && sink->out[from - 1] == ' ' &&
		text_joins(sink->out, from - 1, sink->out + from)) {
		memmove(sink->out + from - 1, sink->out + from, sink->used - from + 1);
		sink->used--;
	}
	return *behind == ' ' && text_joins(sink->out, sink->used, behind + 1);
}

static void sink_text(struct sink *sink, const struct phrase_parts *parts)
{
	char text[TEXT_BYTES];
	size_t next = 0;

	if (parts->text.len >= sizeof text)
		return;
	memcpy(text, parts->text.at, parts->text.len);
	text[parts->text.len] = '\0';
	for (const char *at = lang_text(sink->language, text);
		*at && sink->used + 1 < sink->size;) {
		size_t plain = strcspn(at, "%");
		struct place place;

		sink_add(sink, at, plain);
		if (!at[plain])
			break;
		at = read_place(at + plain + 1, &place);
		if (place.conversion == '%')
			sink_add(sink, "%", 1);
		if (place.conversion == '%' || !place.conversion)
			continue;
		size_t number = place.number ? place.number - 1 : next++;
		if (number < parts->count)
			at += sink_argument(sink, &parts->arguments[number], at);
	}
}

static void sink_phrase(struct sink *sink, const char *phrase, size_t len)
{
	struct phrase_parts parts;

	if (!phrase_take(phrase, len, &parts)) {
		sink_add(sink, phrase, len);
		return;
	}
	if (sink->depth == PHRASE_DEPTH)
		return;
	sink->depth++;
	sink_text(sink, &parts);
	sink->depth--;
}

void phrase_render(const char *phrase, enum language language, char *out, size_t size)
{
	char line[LINE_BYTES];
	struct sink sink = { .language = language, .out = line, .size = sizeof line };

	sink_phrase(&sink, phrase, strlen(phrase));
	text_printable(line, sink.used, out, size);
}
