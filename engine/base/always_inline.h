#pragma once

// For bodies of kernels that are compiled once for each vector instruction set: inlined into a function with a target
// attribute, a body is compiled for that target. Calls would leave it at the baseline. Also for loops whose state must
// stay in registers.
#if defined(__GNUC__)
#define ONEBYONE_ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define ONEBYONE_ALWAYS_INLINE inline
#endif
