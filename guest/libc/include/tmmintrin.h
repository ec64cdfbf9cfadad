// What SSSE3 adds to SSE2, as libaom needs it.
#ifndef SANDPRESS_TMMINTRIN_H
#define SANDPRESS_TMMINTRIN_H

#include <emmintrin.h>

SANDPRESS_INLINE __m128i _mm_lddqu_si128(const __m128i* from) { return wasm_v128_load(from); }

SANDPRESS_INLINE __m128i _mm_abs_epi16(__m128i a) { return wasm_i16x8_abs(a); }
SANDPRESS_INLINE __m128i _mm_abs_epi32(__m128i a) { return wasm_i32x4_abs(a); }

// Unlike the original it saturates the square of the least number: libaom's factors are never both that.
SANDPRESS_BINARY(_mm_mulhrs_epi16, wasm_i16x8_q15mulr_sat)

// Unsigned bytes by signed ones, products of neighbours added.
SANDPRESS_INLINE __m128i _mm_maddubs_epi16(__m128i a, __m128i b) {
    const __m128i even = wasm_i16x8_mul(wasm_v128_and(a, wasm_i16x8_const_splat(255)), wasm_i16x8_shr(wasm_i16x8_shl(b, 8), 8));
    const __m128i odd = wasm_i16x8_mul(wasm_u16x8_shr(a, 8), wasm_i16x8_shr(b, 8));
    return wasm_i16x8_add_sat(even, odd);
}

#define SANDPRESS_EVEN_16(a, b) wasm_i16x8_shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define SANDPRESS_ODD_16(a, b) wasm_i16x8_shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15)

SANDPRESS_INLINE __m128i _mm_hadd_epi16(__m128i a, __m128i b) {
    return wasm_i16x8_add(SANDPRESS_EVEN_16(a, b), SANDPRESS_ODD_16(a, b));
}

SANDPRESS_INLINE __m128i _mm_hadds_epi16(__m128i a, __m128i b) {
    return wasm_i16x8_add_sat(SANDPRESS_EVEN_16(a, b), SANDPRESS_ODD_16(a, b));
}

SANDPRESS_INLINE __m128i _mm_hadd_epi32(__m128i a, __m128i b) {
    return wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 2, 4, 6), wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
}

// Negated where the sign is, and nothing where it is zero.
#define SANDPRESS_SIGN(name, lanes, bits) \
    SANDPRESS_INLINE __m128i name(__m128i a, __m128i sign) { \
        const __m128i negative = wasm_##lanes##_shr(sign, bits - 1); \
        const __m128i signed_a = wasm_##lanes##_sub(wasm_v128_xor(a, negative), negative); \
        return wasm_v128_andnot(signed_a, wasm_##lanes##_eq(sign, wasm_i64x2_const_splat(0))); \
    }

SANDPRESS_SIGN(_mm_sign_epi16, i16x8, 16)
SANDPRESS_SIGN(_mm_sign_epi32, i32x4, 32)

// A place whose highest bit is set gives zero, and of the others the four lowest bits count; WebAssembly gives zero from 16 on.
SANDPRESS_INLINE __m128i _mm_shuffle_epi8(__m128i a, __m128i places) {
    return wasm_i8x16_swizzle(a, wasm_v128_and(places, wasm_i8x16_const_splat((char)0x8f)));
}

#define _mm_alignr_epi8(high, low, bytes) SANDPRESS_BYTES(low, high, bytes)

#endif
