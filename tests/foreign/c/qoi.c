// An encoder in C: PAM (netpbm's pam(5), RGB with or without ALPHA, of 8 bits) to QOI (qoiformat.org, version 1.0 of its specification).
//
// It is written as anybody's would be: with malloc, with stdio, and with no word about a sandbox.

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoder.h"

#define PAM "image/x-portable-arbitrarymap"
#define QOI "image/qoi"

typedef exports_sandpress_codec_types_descriptor_t descriptor;
typedef exports_sandpress_codec_types_error_t error;
typedef exports_sandpress_codec_types_image_info_t image_info;
typedef exports_sandpress_codec_types_option_info_t option_info;
typedef exports_sandpress_codec_types_output_t output;
typedef exports_sandpress_codec_types_probed_t probed;
typedef exports_sandpress_codec_types_rendition_t rendition;
typedef exports_sandpress_codec_types_setting_t setting;

typedef struct {
    uint32_t width, height, channels;
    const uint8_t *pixels;
} picture;

typedef enum { READ, SHORT, STRANGE, MALFORMED } reading;

static void *allocate(size_t size) {
    void *memory = malloc(size);
    if (!memory) {
        fprintf(stderr, "no memory for %zu bytes\n", size);
        abort();
    }
    return memory;
}

// Sets the error and returns what a function that fails returns.
static bool fail(error *to, uint8_t tag, const char *format, ...) {
    char text[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    to->tag = tag;
    // Whichever it is, its text is at the same place.
    encoder_string_dup(&to->val.internal, text);
    return false;
}

static bool is(const encoder_string_t *text, const char *expected) {
    return text->len == strlen(expected) && memcmp(text->ptr, expected, text->len) == 0;
}

// Reads what stands before the pixels.
static reading read_header(const uint8_t *file, size_t length, picture *to) {
    static const char magic[] = "P7\n";
    if (length < 3 || memcmp(file, magic, 3) != 0)
        return memcmp(file, magic, length < 3 ? length : 3) == 0 ? SHORT : STRANGE;
    uint32_t most = 0;
    *to = (picture){0};
    for (size_t at = 3; at < length;) {
        const uint8_t *newline = memchr(file + at, '\n', length - at);
        char line[64];
        if (!newline)
            return SHORT;
        size_t size = (size_t)(newline - file) - at;
        if (size >= sizeof line)
            return MALFORMED;
        memcpy(line, file + at, size);
        line[size] = 0;
        at += size + 1;
        if (strcmp(line, "ENDHDR") == 0) {
            to->pixels = file + at;
            bool read = to->width && to->height && (to->channels == 3 || to->channels == 4) && most == 255;
            return read ? READ : MALFORMED;
        }
        sscanf(line, "WIDTH %" SCNu32, &to->width);
        sscanf(line, "HEIGHT %" SCNu32, &to->height);
        sscanf(line, "DEPTH %" SCNu32, &to->channels);
        sscanf(line, "MAXVAL %" SCNu32, &most);
    }
    return SHORT;
}

static void describe_picture(image_info *to, const char *media_type, const picture *of) {
    *to = (image_info){
        .width = of->width,
        .height = of->height,
        .frames = 1,
        .bits_per_channel = 8,
        .has_alpha = of->channels == 4,
        .orientation = 1,
    };
    encoder_string_dup(&to->media_type, media_type);
}

static uint8_t *put_u32(uint8_t *to, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = (uint8_t)(value >> shift);
    return to;
}

// Encodes the pixels, into memory that is enough for any: each may take a byte more than its channels.
static size_t encode(const picture *from, uint8_t *to) {
    uint8_t *at = to;
    uint8_t seen[64][4] = {{0}}, before[4] = {0, 0, 0, 255};
    const uint8_t *pixel = from->pixels;
    const uint8_t *end = pixel + (size_t)from->width * from->height * from->channels;
    int run = 0;
    memcpy(at, "qoif", 4);
    at = put_u32(put_u32(at + 4, from->width), from->height);
    *at++ = (uint8_t)from->channels;
    *at++ = 0; // sRGB with linear alpha.
    for (; pixel < end; pixel += from->channels) {
        uint8_t now[4] = {pixel[0], pixel[1], pixel[2], from->channels == 4 ? pixel[3] : 255};
        if (memcmp(now, before, 4) == 0) {
            if (++run == 62) {
                *at++ = 0xc0 | 61;
                run = 0;
            }
            continue;
        }
        if (run) {
            *at++ = (uint8_t)(0xc0 | (run - 1));
            run = 0;
        }
        unsigned place = (now[0] * 3u + now[1] * 5u + now[2] * 7u + now[3] * 11u) % 64;
        int8_t red = (int8_t)(now[0] - before[0]), green = (int8_t)(now[1] - before[1]), blue = (int8_t)(now[2] - before[2]);
        int red_green = (int8_t)(red - green), blue_green = (int8_t)(blue - green);
        if (memcmp(seen[place], now, 4) == 0) {
            *at++ = (uint8_t)place;
        } else if (now[3] != before[3]) {
            *at++ = 0xff;
            memcpy(at, now, 4);
            at += 4;
        } else if (red >= -2 && red < 2 && green >= -2 && green < 2 && blue >= -2 && blue < 2) {
            *at++ = (uint8_t)(0x40 | (red + 2) << 4 | (green + 2) << 2 | (blue + 2));
        } else if (green >= -32 && green < 32 && red_green >= -8 && red_green < 8 && blue_green >= -8 && blue_green < 8) {
            *at++ = (uint8_t)(0x80 | (green + 32));
            *at++ = (uint8_t)((red_green + 8) << 4 | (blue_green + 8));
        } else {
            *at++ = 0xfe;
            memcpy(at, now, 3);
            at += 3;
        }
        memcpy(seen[place], now, 4);
        memcpy(before, now, 4);
    }
    if (run)
        *at++ = (uint8_t)(0xc0 | (run - 1));
    memcpy(at, "\0\0\0\0\0\0\0\1", 8);
    return (size_t)(at + 8 - to);
}

static bool too_small(const exports_sandpress_codec_types_resize_t *box, const picture *of) {
    return (box->width.is_some && box->width.val < of->width) || (box->height.is_some && box->height.val < of->height);
}

// Whether it is to be logged, or an option that there is not.
static bool read_settings(const rendition *wanted, bool *log, error *err) {
    for (size_t i = 0; i < wanted->settings.len; i++) {
        const setting *option = &wanted->settings.ptr[i];
        if (!is(&option->name, "log") || option->value.tag != EXPORTS_SANDPRESS_CODEC_TYPES_VALUE_FLAG)
            return fail(err, EXPORTS_SANDPRESS_CODEC_TYPES_ERROR_BAD_REQUEST, "the one option is log, a flag");
        *log = option->value.val.flag;
    }
    return true;
}

static bool make(const picture *from, const rendition *wanted, output *to, error *err) {
    bool log = false;
    if (!is(&wanted->media_type, QOI))
        return fail(err, EXPORTS_SANDPRESS_CODEC_TYPES_ERROR_BAD_REQUEST, "only %s is made", QOI);
    if (wanted->resize.is_some && too_small(&wanted->resize.val, from))
        return fail(err, EXPORTS_SANDPRESS_CODEC_TYPES_ERROR_BAD_REQUEST, "this encoder does not resize");
    if (!read_settings(wanted, &log, err))
        return false;

    size_t pixels = (size_t)from->width * from->height;
    if (pixels > (SIZE_MAX - 22) / (from->channels + 1))
        return fail(err, EXPORTS_SANDPRESS_CODEC_TYPES_ERROR_OVER_LIMIT, "%zu pixels do not fit in memory", pixels);
    uint8_t *file = allocate(14 + pixels * (from->channels + 1) + 8);
    size_t length = encode(from, file);
    if (log)
        fprintf(stderr, "%" PRIu32 " x %" PRIu32 " pixels are %zu bytes\n", from->width, from->height, length);
    if (wanted->max_bytes.is_some && length > wanted->max_bytes.val) {
        free(file);
        return fail(err, EXPORTS_SANDPRESS_CODEC_TYPES_ERROR_BAD_REQUEST, "the smallest possible is %zu bytes", length);
    }
    *to = (output){.bytes = {.ptr = file, .len = length}};
    describe_picture(&to->info, QOI, from);
    return true;
}

void exports_sandpress_codec_codec_describe(descriptor *to) {
    *to = (descriptor){
        .accepts = {.ptr = allocate(sizeof(encoder_string_t)), .len = 1},
        .produces = {.ptr = allocate(sizeof(encoder_string_t)), .len = 1},
        .options = {.ptr = allocate(sizeof(option_info)), .len = 1},
    };
    encoder_string_dup(&to->name, "qoi-in-c");
    encoder_string_dup(&to->version, "1.0.0");
    encoder_string_dup(to->accepts.ptr, PAM);
    encoder_string_dup(to->produces.ptr, QOI);
    *to->options.ptr = (option_info){
        .domain = {.tag = EXPORTS_SANDPRESS_CODEC_TYPES_DOMAIN_FLAG},
        .default_ = {.tag = EXPORTS_SANDPRESS_CODEC_TYPES_VALUE_FLAG, .val.flag = false},
    };
    encoder_string_dup(&to->options.ptr->name, "log");
    encoder_string_dup(&to->options.ptr->summary, "Say on the standard error what was made");
}

void exports_sandpress_codec_codec_probe(encoder_list_u8_t *head, probed *to) {
    picture found;
    switch (read_header(head->ptr, head->len, &found)) {
    case READ:
        to->tag = EXPORTS_SANDPRESS_CODEC_TYPES_PROBED_KNOWN;
        describe_picture(&to->val.known, PAM, &found);
        break;
    case SHORT:
        to->tag = EXPORTS_SANDPRESS_CODEC_TYPES_PROBED_NEED_MORE;
        to->val.need_more = head->len + 1024;
        break;
    default:
        to->tag = EXPORTS_SANDPRESS_CODEC_TYPES_PROBED_UNKNOWN;
    }
    encoder_list_u8_free(head);
}

bool exports_sandpress_codec_codec_compress(
    encoder_list_u8_t *input,
    exports_sandpress_codec_codec_list_rendition_t *renditions,
    exports_sandpress_codec_codec_list_output_t *to,
    error *err
) {
    picture source;
    bool made = false;
    reading read = read_header(input->ptr, input->len, &source);
    if (read == STRANGE) {
        fail(err, EXPORTS_SANDPRESS_CODEC_TYPES_ERROR_UNSUPPORTED, "not a PAM");
    } else if (read == MALFORMED) {
        fail(err, EXPORTS_SANDPRESS_CODEC_TYPES_ERROR_MALFORMED, "a PAM of RGB with or without alpha, of 8 bits, is read");
    } else if (
        read == SHORT
        || (uint64_t)source.width * source.height > (input->len - (size_t)(source.pixels - input->ptr)) / source.channels
    ) {
        fail(err, EXPORTS_SANDPRESS_CODEC_TYPES_ERROR_MALFORMED, "the file of %zu bytes is cut off", input->len);
    } else {
        *to = (exports_sandpress_codec_codec_list_output_t){.ptr = allocate(renditions->len * sizeof(output) + 1)};
        made = true;
        for (; made && to->len < renditions->len; to->len += made)
            made = make(&source, &renditions->ptr[to->len], &to->ptr[to->len], err);
        if (!made)
            exports_sandpress_codec_codec_list_output_free(to);
    }
    exports_sandpress_codec_codec_list_rendition_free(renditions);
    encoder_list_u8_free(input);
    return made;
}
