// What SSE4.1 adds to SSSE3, as libaom needs it.
#ifndef SANDPRESS_SMMINTRIN_H
#define SANDPRESS_SMMINTRIN_H

#include <tmmintrin.h>

SANDPRESS_BINARY(_mm_mullo_epi32, wasm_i32x4_mul)
SANDPRESS_BINARY(_mm_min_epi32, wasm_i32x4_min)
SANDPRESS_BINARY(_mm_max_epi32, wasm_i32x4_max)
SANDPRESS_BINARY(_mm_min_epu16, wasm_u16x8_min)
SANDPRESS_BINARY(_mm_max_epu16, wasm_u16x8_max)
SANDPRESS_BINARY(_mm_packus_epi32, wasm_u16x8_narrow_i32x4)

SANDPRESS_INLINE __m128i _mm_mul_epi32(__m128i a, __m128i b) {
    return wasm_i64x2_extmul_low_i32x4(wasm_i32x4_shuffle(a, a, 0, 2, 0, 2), wasm_i32x4_shuffle(b, b, 0, 2, 0, 2));
}

SANDPRESS_INLINE __m128i _mm_cvtepu8_epi16(__m128i a) { return wasm_u16x8_extend_low_u8x16(a); }
SANDPRESS_INLINE __m128i _mm_cvtepu8_epi32(__m128i a) { return wasm_u32x4_extend_low_u16x8(wasm_u16x8_extend_low_u8x16(a)); }
SANDPRESS_INLINE __m128i _mm_cvtepu16_epi32(__m128i a) { return wasm_u32x4_extend_low_u16x8(a); }
SANDPRESS_INLINE __m128i _mm_cvtepu32_epi64(__m128i a) { return wasm_u64x2_extend_low_u32x4(a); }
SANDPRESS_INLINE __m128i _mm_cvtepi8_epi16(__m128i a) { return wasm_i16x8_extend_low_i8x16(a); }
SANDPRESS_INLINE __m128i _mm_cvtepi8_epi32(__m128i a) { return wasm_i32x4_extend_low_i16x8(wasm_i16x8_extend_low_i8x16(a)); }
SANDPRESS_INLINE __m128i _mm_cvtepi16_epi32(__m128i a) { return wasm_i32x4_extend_low_i16x8(a); }
SANDPRESS_INLINE __m128i _mm_cvtepi32_epi64(__m128i a) { return wasm_i64x2_extend_low_i32x4(a); }

#define _mm_extract_epi32 wasm_i32x4_extract_lane
#define _mm_insert_epi8(a, number, lane) wasm_i8x16_replace_lane(a, lane, (int8_t)(number))

SANDPRESS_INLINE __m128i _mm_blendv_epi8(__m128i a, __m128i b, __m128i mask) {
    return wasm_v128_bitselect(b, a, wasm_i8x16_shr(mask, 7));
}

SANDPRESS_INLINE int _mm_test_all_zeros(__m128i a, __m128i mask) { return !wasm_v128_any_true(wasm_v128_and(a, mask)); }

#endif
