// What libwebp needs of it. Rust's runtime has the functions.
#ifndef SANDPRESS_MATH_H
#define SANDPRESS_MATH_H

double pow(double base, double exponent);
double log(double number);
double log10(double number);
float expf(float exponent);
float logf(float number);

static inline double floor(double number) { return __builtin_floor(number); }
static inline double fabs(double number) { return __builtin_fabs(number); }
static inline double ceil(double number) { return __builtin_ceil(number); }
static inline float sqrtf(float number) { return __builtin_sqrtf(number); }

#endif
