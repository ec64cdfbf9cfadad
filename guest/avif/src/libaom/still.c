// One still picture, by libaom's own interface: in C, so that its structures are those of its headers wherever this is compiled.

#include <string.h>

#include "aom/aom_encoder.h"
#include "aom/aomcx.h"

// What is asked for. The same as in `libaom.rs`.
struct request {
  // Rows from top to bottom without padding, of bytes, or of numbers of 16 bits where there are more than 8; the others are null for grey.
  const void *planes[3];
  uint32_t width;
  uint32_t height;
  uint32_t bits;
  uint32_t is_halved;
  uint32_t is_srgb;
  uint32_t quantiser;
  uint32_t speed;
};

typedef void (*sink)(void *to, const void *bytes, size_t len);

// There is nothing to choose at run time: see `build.rs`.
void av1_rtcd(void) {}
void aom_dsp_rtcd(void) {}
void aom_scale_rtcd(void) {}

static void describe(const struct request *request, aom_image_t *image) {
  const int is_grey = request->planes[1] == NULL;
  const int is_halved = is_grey || request->is_halved;
  const int bytes = request->bits > 8 ? 2 : 1;
  memset(image, 0, sizeof(*image));
  image->fmt = is_halved ? AOM_IMG_FMT_I420 : AOM_IMG_FMT_I444;
  if (bytes == 2) image->fmt |= AOM_IMG_FMT_HIGHBITDEPTH;
  image->bit_depth = request->bits;
  image->monochrome = is_grey;
  image->range = AOM_CR_FULL_RANGE;
  image->w = image->d_w = request->width;
  image->h = image->d_h = request->height;
  image->x_chroma_shift = image->y_chroma_shift = is_halved;
  image->bps = (is_halved ? 12 : 24) * bytes;
  for (int plane = 0; plane < (is_grey ? 1 : 3); plane++) {
    image->planes[plane] = (unsigned char *)request->planes[plane];
    image->stride[plane] = (plane ? (request->width + is_halved) >> is_halved : request->width) * bytes;
  }
}

// Hands a picture in, and takes out what there is before the next call forgets it.
static aom_codec_err_t take(aom_codec_ctx_t *encoder, const aom_image_t *image, sink append, void *to) {
  const aom_codec_err_t failed = aom_codec_encode(encoder, image, 0, 1, 0);
  aom_codec_iter_t place = NULL;
  const aom_codec_cx_pkt_t *packet;
  while (!failed && (packet = aom_codec_get_cx_data(encoder, &place))) {
    if (packet->kind == AOM_CODEC_CX_FRAME_PKT) append(to, packet->data.frame.buf, packet->data.frame.sz);
  }
  return failed;
}

// How flat the matrix is by which high frequencies are quantised more coarsely than low ones: 15 is flat. The finer the quantiser, the
// less there is to hide. The steps are those of libaom's own tuning for still pictures, which this version does not have yet.
// https://aomedia.googlesource.com/aom/+/refs/tags/v3.12.0/av1/common/quant_common.h
static int flatness(uint32_t quantiser) {
  static const uint8_t last[] = {10, 25, 40, 50, 55, 60};
  int level = 10;
  for (size_t step = 0; step < sizeof(last) && quantiser > last[step]; step++) level--;
  return level;
}

static aom_codec_err_t encode(aom_codec_ctx_t *encoder, const struct request *request, sink append, void *to) {
#define SET(control, value)                                              \
  do {                                                                   \
    const aom_codec_err_t failed = aom_codec_control(encoder, control, value); \
    if (failed) return failed;                                           \
  } while (0)
  SET(AOME_SET_CPUUSED, (int)request->speed);
  SET(AOME_SET_CQ_LEVEL, request->quantiser);
  SET(AOME_SET_TUNING, AOM_TUNE_SSIM);
  SET(AV1E_SET_ENABLE_QM, 1);
  SET(AV1E_SET_QM_MIN, flatness(request->quantiser));
  SET(AV1E_SET_QM_MAX, flatness(request->quantiser));
  SET(AV1E_SET_COLOR_PRIMARIES, request->is_srgb ? AOM_CICP_CP_BT_709 : AOM_CICP_CP_UNSPECIFIED);
  SET(AV1E_SET_TRANSFER_CHARACTERISTICS, request->is_srgb ? AOM_CICP_TC_SRGB : AOM_CICP_TC_UNSPECIFIED);
  SET(AV1E_SET_MATRIX_COEFFICIENTS, AOM_CICP_MC_BT_601);
  SET(AV1E_SET_COLOR_RANGE, AOM_CR_FULL_RANGE);

  aom_image_t image;
  describe(request, &image);
  aom_codec_err_t failed = take(encoder, &image, append, to);
  // No other picture follows.
  return failed ? failed : take(encoder, NULL, append, to);
}

// Hands a picture's bytes to `append`; libaom's error, or zero.
int sandpress_still(const struct request *request, sink append, void *to) {
  aom_codec_iface_t *av1 = aom_codec_av1_cx();
  aom_codec_enc_cfg_t config;
  aom_codec_err_t failed = aom_codec_enc_config_default(av1, &config, AOM_USAGE_ALL_INTRA);
  if (failed) return failed;
  config.g_w = request->width;
  config.g_h = request->height;
  config.g_bit_depth = request->bits;
  config.g_input_bit_depth = request->bits;
  config.g_threads = 1;
  // One picture: its header is the short one of stills.
  config.g_limit = 1;
  config.g_lag_in_frames = 0;
  config.monochrome = request->planes[1] == NULL;
  config.g_profile = request->planes[1] == NULL || request->is_halved ? 0 : 1;
  config.rc_end_usage = AOM_Q;
  config.rc_min_quantizer = 0;
  config.rc_max_quantizer = 63;
  aom_codec_ctx_t encoder;
  failed = aom_codec_enc_init(&encoder, av1, &config, request->bits > 8 ? AOM_CODEC_USE_HIGHBITDEPTH : 0);
  if (!failed) failed = encode(&encoder, request, append, to);
  aom_codec_destroy(&encoder);
  return failed;
}
