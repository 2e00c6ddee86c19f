#pragma once
/// \file
/// Using wider instructions where the processor at hand has them, in a library that is compiled for all processors.
///
/// A hot loop is written once as ASSAY_INLINE and called from two functions, one of them ASSAY_WIDE. Whole numbers
/// only: the two give the same bits.

#if defined(__x86_64__) && defined(__GNUC__)
#define ASSAY_INLINE inline __attribute__((always_inline))
#define ASSAY_WIDE __attribute__((target("avx2,bmi,bmi2")))
#define ASSAY_INLINE_LAMBDA __attribute__((always_inline))
#else
#define ASSAY_INLINE inline
#define ASSAY_WIDE
#define ASSAY_INLINE_LAMBDA
#endif

namespace assay {

/// True when functions marked ASSAY_WIDE may be called.
[[nodiscard]] inline bool has_wide_instructions() noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0;
#else
  return false;
#endif
}

}  // namespace assay
