// The instructions of SSE2 that libwebp and libaom are written with, in those of WebAssembly: their plain C takes twice as long.
//
// What each must do is in Intel's Intrinsics Guide. Shifts are the trap: SSE2 shifts everything out where WebAssembly takes the
// count modulo the width of a lane.
#ifndef SANDPRESS_EMMINTRIN_H
#define SANDPRESS_EMMINTRIN_H

#include <stdint.h>
#include <wasm_simd128.h>

typedef v128_t __m128i;
// Only loaded, stored and shuffled: nothing here calculates with fractions, so that each machine makes the same bytes.
typedef v128_t __m128;
typedef v128_t __m128d;
typedef int64_t __m64;
typedef int8_t sandpress_i8x16 __attribute__((vector_size(16)));
typedef int16_t sandpress_i16x8 __attribute__((vector_size(16)));
typedef int32_t sandpress_i32x4 __attribute__((vector_size(16)));

#define SANDPRESS_INLINE static inline __attribute__((always_inline, unused))
#define SANDPRESS_BINARY(name, instruction) \
    SANDPRESS_INLINE __m128i name(__m128i a, __m128i b) { return instruction(a, b); }
#define _MM_SHUFFLE(z, y, x, w) (((z) << 6) | ((y) << 4) | ((x) << 2) | (w))

// Memory.

SANDPRESS_INLINE __m128i _mm_load_si128(const __m128i* from) { return wasm_v128_load(from); }
SANDPRESS_INLINE __m128i _mm_loadu_si128(const __m128i* from) { return wasm_v128_load(from); }
SANDPRESS_INLINE __m128i _mm_loadl_epi64(const __m128i* from) { return wasm_v128_load64_zero(from); }
SANDPRESS_INLINE void _mm_store_si128(__m128i* to, __m128i a) { wasm_v128_store(to, a); }
SANDPRESS_INLINE void _mm_storeu_si128(__m128i* to, __m128i a) { wasm_v128_store(to, a); }
SANDPRESS_INLINE void _mm_storel_epi64(__m128i* to, __m128i a) { wasm_v128_store64_lane(to, a, 0); }

// Unlike the original it reads and writes the bytes that stay too: no other thread can notice.
SANDPRESS_INLINE void _mm_maskmoveu_si128(__m128i a, __m128i mask, char* to) {
    wasm_v128_store(to, wasm_v128_bitselect(a, wasm_v128_load(to), wasm_i8x16_shr(mask, 7)));
}

SANDPRESS_INLINE __m128i _mm_loadu_si32(const void* from) { return wasm_v128_load32_zero(from); }
SANDPRESS_INLINE __m128i _mm_loadu_si64(const void* from) { return wasm_v128_load64_zero(from); }
SANDPRESS_INLINE __m128 _mm_loadh_pi(__m128 a, const __m64* from) { return wasm_v128_load64_lane(from, a, 1); }
SANDPRESS_INLINE __m128d _mm_loadh_pd(__m128d a, const double* from) { return wasm_v128_load64_lane(from, a, 1); }
SANDPRESS_INLINE void _mm_storeh_pi(__m64* to, __m128 a) { wasm_v128_store64_lane(to, a, 1); }
#define _mm_prefetch(from, hint) ((void)0)

// Lanes from numbers, numbers from lanes.

SANDPRESS_INLINE __m128i _mm_setzero_si128(void) { return wasm_i64x2_const_splat(0); }
SANDPRESS_INLINE __m128i _mm_set1_epi8(char a) { return wasm_i8x16_splat(a); }
SANDPRESS_INLINE __m128i _mm_set1_epi16(short a) { return wasm_i16x8_splat(a); }
SANDPRESS_INLINE __m128i _mm_set1_epi32(int a) { return wasm_i32x4_splat(a); }
SANDPRESS_INLINE __m128i _mm_cvtsi32_si128(int a) { return wasm_i32x4_replace_lane(wasm_i64x2_const_splat(0), 0, a); }
SANDPRESS_INLINE int _mm_cvtsi128_si32(__m128i a) { return wasm_i32x4_extract_lane(a, 0); }
SANDPRESS_INLINE int64_t _mm_cvtsi128_si64(__m128i a) { return wasm_i64x2_extract_lane(a, 0); }
SANDPRESS_INLINE __m128i _mm_set1_epi64x(int64_t a) { return wasm_i64x2_splat(a); }
SANDPRESS_INLINE int _mm_movemask_epi8(__m128i a) { return (int)wasm_i8x16_bitmask(a); }

// The highest lane comes first, but for `setr`.
#define _mm_setr_epi8 wasm_i8x16_make
#define _mm_set_epi8(p, o, n, m, l, k, j, i, h, g, f, e, d, c, b, a) \
    wasm_i8x16_make(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
#define _mm_set_epi16(h, g, f, e, d, c, b, a) wasm_i16x8_make(a, b, c, d, e, f, g, h)
#define _mm_set_epi32(d, c, b, a) wasm_i32x4_make(a, b, c, d)
#define _mm_setr_epi16 wasm_i16x8_make
#define _mm_setr_epi32 wasm_i32x4_make
#define _mm_set_epi64x(b, a) wasm_i64x2_make(a, b)
#define _mm_set_epi64(b, a) wasm_i64x2_make(a, b)
#define _mm_extract_epi16(a, lane) ((int)wasm_u16x8_extract_lane(a, lane))
#define _mm_insert_epi16(a, number, lane) wasm_i16x8_replace_lane(a, lane, (int16_t)(number))

// Arithmetic.

SANDPRESS_BINARY(_mm_add_epi8, wasm_i8x16_add)
SANDPRESS_BINARY(_mm_add_epi16, wasm_i16x8_add)
SANDPRESS_BINARY(_mm_add_epi32, wasm_i32x4_add)
SANDPRESS_BINARY(_mm_add_epi64, wasm_i64x2_add)
SANDPRESS_BINARY(_mm_sub_epi8, wasm_i8x16_sub)
SANDPRESS_BINARY(_mm_sub_epi16, wasm_i16x8_sub)
SANDPRESS_BINARY(_mm_sub_epi32, wasm_i32x4_sub)
SANDPRESS_BINARY(_mm_sub_epi64, wasm_i64x2_sub)
SANDPRESS_BINARY(_mm_adds_epi8, wasm_i8x16_add_sat)
SANDPRESS_BINARY(_mm_adds_epu8, wasm_u8x16_add_sat)
SANDPRESS_BINARY(_mm_adds_epi16, wasm_i16x8_add_sat)
SANDPRESS_BINARY(_mm_adds_epu16, wasm_u16x8_add_sat)
SANDPRESS_BINARY(_mm_subs_epi8, wasm_i8x16_sub_sat)
SANDPRESS_BINARY(_mm_subs_epu8, wasm_u8x16_sub_sat)
SANDPRESS_BINARY(_mm_subs_epi16, wasm_i16x8_sub_sat)
SANDPRESS_BINARY(_mm_subs_epu16, wasm_u16x8_sub_sat)
SANDPRESS_BINARY(_mm_avg_epu8, wasm_u8x16_avgr)
SANDPRESS_BINARY(_mm_avg_epu16, wasm_u16x8_avgr)
SANDPRESS_BINARY(_mm_min_epu8, wasm_u8x16_min)
SANDPRESS_BINARY(_mm_max_epu8, wasm_u8x16_max)
SANDPRESS_BINARY(_mm_min_epi16, wasm_i16x8_min)
SANDPRESS_BINARY(_mm_max_epi16, wasm_i16x8_max)
SANDPRESS_BINARY(_mm_mullo_epi16, wasm_i16x8_mul)
SANDPRESS_BINARY(_mm_madd_epi16, wasm_i32x4_dot_i16x8)

#define SANDPRESS_HIGH_HALVES(low, high) wasm_i16x8_shuffle(low, high, 1, 3, 5, 7, 9, 11, 13, 15)

SANDPRESS_INLINE __m128i _mm_mulhi_epi16(__m128i a, __m128i b) {
    return SANDPRESS_HIGH_HALVES(wasm_i32x4_extmul_low_i16x8(a, b), wasm_i32x4_extmul_high_i16x8(a, b));
}

SANDPRESS_INLINE __m128i _mm_mulhi_epu16(__m128i a, __m128i b) {
    return SANDPRESS_HIGH_HALVES(wasm_u32x4_extmul_low_u16x8(a, b), wasm_u32x4_extmul_high_u16x8(a, b));
}

SANDPRESS_INLINE __m128i _mm_mul_epu32(__m128i a, __m128i b) {
    return wasm_u64x2_extmul_low_u32x4(wasm_i32x4_shuffle(a, a, 0, 2, 0, 2), wasm_i32x4_shuffle(b, b, 0, 2, 0, 2));
}

SANDPRESS_INLINE __m128i _mm_sad_epu8(__m128i a, __m128i b) {
    const __m128i difference = wasm_v128_or(wasm_u8x16_sub_sat(a, b), wasm_u8x16_sub_sat(b, a));
    const __m128i fours = wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(difference));
    const __m128i eights = wasm_i32x4_add(fours, wasm_u64x2_shr(fours, 32));
    return wasm_v128_and(eights, wasm_i32x4_const(-1, 0, -1, 0));
}

// Bits.

SANDPRESS_BINARY(_mm_and_si128, wasm_v128_and)
SANDPRESS_BINARY(_mm_or_si128, wasm_v128_or)
SANDPRESS_BINARY(_mm_xor_si128, wasm_v128_xor)
SANDPRESS_INLINE __m128i _mm_andnot_si128(__m128i a, __m128i b) { return wasm_v128_andnot(b, a); }

#define SANDPRESS_SHIFT(name, instruction, bits) \
    SANDPRESS_INLINE __m128i name(__m128i a, int count) { \
        return (uint32_t)count < bits ? instruction(a, (uint32_t)count) : wasm_i64x2_const_splat(0); \
    }
#define SANDPRESS_SHIFT_SIGNED(name, instruction, bits) \
    SANDPRESS_INLINE __m128i name(__m128i a, int count) { \
        return instruction(a, (uint32_t)count < bits ? (uint32_t)count : bits - 1); \
    }

SANDPRESS_SHIFT(_mm_slli_epi16, wasm_i16x8_shl, 16)
SANDPRESS_SHIFT(_mm_slli_epi32, wasm_i32x4_shl, 32)
SANDPRESS_SHIFT(_mm_slli_epi64, wasm_i64x2_shl, 64)
SANDPRESS_SHIFT(_mm_srli_epi16, wasm_u16x8_shr, 16)
SANDPRESS_SHIFT(_mm_srli_epi32, wasm_u32x4_shr, 32)
SANDPRESS_SHIFT(_mm_srli_epi64, wasm_u64x2_shr, 64)
SANDPRESS_SHIFT_SIGNED(_mm_srai_epi16, wasm_i16x8_shr, 16)
SANDPRESS_SHIFT_SIGNED(_mm_srai_epi32, wasm_i32x4_shr, 32)

// The count is in a vector too.
#define SANDPRESS_SHIFT_BY_VECTOR(name, shift) \
    SANDPRESS_INLINE __m128i name(__m128i a, __m128i count) { return shift(a, wasm_i32x4_extract_lane(count, 0)); }

SANDPRESS_SHIFT_BY_VECTOR(_mm_sll_epi16, _mm_slli_epi16)
SANDPRESS_SHIFT_BY_VECTOR(_mm_sll_epi32, _mm_slli_epi32)
SANDPRESS_SHIFT_BY_VECTOR(_mm_sll_epi64, _mm_slli_epi64)
SANDPRESS_SHIFT_BY_VECTOR(_mm_srl_epi16, _mm_srli_epi16)
SANDPRESS_SHIFT_BY_VECTOR(_mm_srl_epi32, _mm_srli_epi32)
SANDPRESS_SHIFT_BY_VECTOR(_mm_srl_epi64, _mm_srli_epi64)
SANDPRESS_SHIFT_BY_VECTOR(_mm_sra_epi16, _mm_srai_epi16)
SANDPRESS_SHIFT_BY_VECTOR(_mm_sra_epi32, _mm_srai_epi32)

// Comparisons.

SANDPRESS_BINARY(_mm_cmpeq_epi8, wasm_i8x16_eq)
SANDPRESS_BINARY(_mm_cmpeq_epi16, wasm_i16x8_eq)
SANDPRESS_BINARY(_mm_cmpeq_epi32, wasm_i32x4_eq)
SANDPRESS_BINARY(_mm_cmpgt_epi8, wasm_i8x16_gt)
SANDPRESS_BINARY(_mm_cmpgt_epi16, wasm_i16x8_gt)
SANDPRESS_BINARY(_mm_cmpgt_epi32, wasm_i32x4_gt)

SANDPRESS_BINARY(_mm_cmplt_epi8, wasm_i8x16_lt)
SANDPRESS_BINARY(_mm_cmplt_epi16, wasm_i16x8_lt)
SANDPRESS_BINARY(_mm_cmplt_epi32, wasm_i32x4_lt)

// Lanes to other places.

SANDPRESS_BINARY(_mm_packs_epi16, wasm_i8x16_narrow_i16x8)
SANDPRESS_BINARY(_mm_packus_epi16, wasm_u8x16_narrow_i16x8)
SANDPRESS_BINARY(_mm_packs_epi32, wasm_i16x8_narrow_i32x4)

#define SANDPRESS_UNPACK(name, shuffle, ...) \
    SANDPRESS_INLINE __m128i name(__m128i a, __m128i b) { return shuffle(a, b, __VA_ARGS__); }

SANDPRESS_UNPACK(_mm_unpacklo_epi8, wasm_i8x16_shuffle, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
SANDPRESS_UNPACK(_mm_unpackhi_epi8, wasm_i8x16_shuffle, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
SANDPRESS_UNPACK(_mm_unpacklo_epi16, wasm_i16x8_shuffle, 0, 8, 1, 9, 2, 10, 3, 11)
SANDPRESS_UNPACK(_mm_unpackhi_epi16, wasm_i16x8_shuffle, 4, 12, 5, 13, 6, 14, 7, 15)
SANDPRESS_UNPACK(_mm_unpacklo_epi32, wasm_i32x4_shuffle, 0, 4, 1, 5)
SANDPRESS_UNPACK(_mm_unpackhi_epi32, wasm_i32x4_shuffle, 2, 6, 3, 7)
SANDPRESS_UNPACK(_mm_unpacklo_epi64, wasm_i64x2_shuffle, 0, 2)
SANDPRESS_UNPACK(_mm_unpackhi_epi64, wasm_i64x2_shuffle, 1, 3)

SANDPRESS_UNPACK(_mm_unpacklo_ps, wasm_i32x4_shuffle, 0, 4, 1, 5)
SANDPRESS_UNPACK(_mm_unpackhi_ps, wasm_i32x4_shuffle, 2, 6, 3, 7)
SANDPRESS_INLINE __m128 _mm_castsi128_ps(__m128i a) { return a; }
SANDPRESS_INLINE __m128d _mm_castsi128_pd(__m128i a) { return a; }
SANDPRESS_INLINE __m128i _mm_castps_si128(__m128 a) { return a; }
SANDPRESS_INLINE __m128i _mm_castpd_si128(__m128d a) { return a; }

// The n-th of the four places that a shuffle's constant names.
#define SANDPRESS_PLACE(constant, n) (((constant) >> (2 * (n))) & 3)
#define _mm_shuffle_epi32(a, constant) \
    (__m128i) __builtin_shufflevector((sandpress_i32x4)(a), (sandpress_i32x4)(a), SANDPRESS_PLACE(constant, 0), \
        SANDPRESS_PLACE(constant, 1), SANDPRESS_PLACE(constant, 2), SANDPRESS_PLACE(constant, 3))
#define _mm_shuffle_ps(a, b, constant) \
    (__m128) __builtin_shufflevector((sandpress_i32x4)(a), (sandpress_i32x4)(b), SANDPRESS_PLACE(constant, 0), \
        SANDPRESS_PLACE(constant, 1), 4 + SANDPRESS_PLACE(constant, 2), 4 + SANDPRESS_PLACE(constant, 3))
#define _mm_shuffle_pd(a, b, constant) \
    (__m128d) wasm_i64x2_shuffle(a, b, (constant) & 1, 2 + (((constant) >> 1) & 1))
#define _mm_shufflelo_epi16(a, constant) \
    (__m128i) __builtin_shufflevector((sandpress_i16x8)(a), (sandpress_i16x8)(a), SANDPRESS_PLACE(constant, 0), \
        SANDPRESS_PLACE(constant, 1), SANDPRESS_PLACE(constant, 2), SANDPRESS_PLACE(constant, 3), 4, 5, 6, 7)
#define _mm_shufflehi_epi16(a, constant) \
    (__m128i) __builtin_shufflevector((sandpress_i16x8)(a), (sandpress_i16x8)(a), 0, 1, 2, 3, \
        4 + SANDPRESS_PLACE(constant, 0), 4 + SANDPRESS_PLACE(constant, 1), 4 + SANDPRESS_PLACE(constant, 2), \
        4 + SANDPRESS_PLACE(constant, 3))

// Sixteen bytes of `low` and `high` behind each other, from a byte on.
#define SANDPRESS_BYTES(low, high, from) \
    (__m128i) __builtin_shufflevector((sandpress_i8x16)(low), (sandpress_i8x16)(high), (from), (from) + 1, (from) + 2, \
        (from) + 3, (from) + 4, (from) + 5, (from) + 6, (from) + 7, (from) + 8, (from) + 9, (from) + 10, (from) + 11, \
        (from) + 12, (from) + 13, (from) + 14, (from) + 15)
#define _mm_srli_si128(a, bytes) SANDPRESS_BYTES(a, wasm_i64x2_const_splat(0), (bytes) < 16 ? (bytes) : 16)
#define _mm_bsrli_si128 _mm_srli_si128
#define _mm_slli_si128(a, bytes) SANDPRESS_BYTES(wasm_i64x2_const_splat(0), a, (bytes) < 16 ? 16 - (bytes) : 0)

#endif
