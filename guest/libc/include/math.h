// What libwebp and libaom need of it. Rust's runtime has the functions that no instruction is there for.
#ifndef SANDPRESS_MATH_H
#define SANDPRESS_MATH_H

typedef float float_t;

#define INFINITY __builtin_inff()

double cos(double angle);
double exp(double exponent);
double exp2(double exponent);
double log(double number);
double log10(double number);
double log1p(double number);
double log2(double number);
double pow(double base, double exponent);
double round(double number);
double tanh(double number);
float expf(float exponent);
float log1pf(float number);
float logf(float number);
float roundf(float number);

static inline double ceil(double number) { return __builtin_ceil(number); }
static inline double fabs(double number) { return __builtin_fabs(number); }
static inline float fabsf(float number) { return __builtin_fabsf(number); }
static inline double floor(double number) { return __builtin_floor(number); }
static inline float floorf(float number) { return __builtin_floorf(number); }
static inline double fmax(double a, double b) { return a < b ? b : a; }
static inline double fmin(double a, double b) { return b < a ? b : a; }
static inline long lrint(double number) { return (long)__builtin_rint(number); }
static inline float sqrtf(float number) { return __builtin_sqrtf(number); }
static inline double sqrt(double number) { return __builtin_sqrt(number); }

#define isnan(number) __builtin_isnan(number)

#endif
