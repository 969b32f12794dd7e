#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"
#include "engine/tensor/data_type.h"
#include "engine/tensor/half.h"

namespace onebyone {

// How the reference kernels compute with elements of any type.

template <typename T>
inline constexpr bool kIsFloating =
    std::is_floating_point_v<T> || std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>;

// The value of an element, exactly: float for the 16-bit floats, the element itself for the others.
inline float ValueOf(Float16 element) { return ToFloat(element); }
inline float ValueOf(BFloat16 element) { return ToFloat(element); }
template <typename T>
T ValueOf(T element) {
  return element;
}

// What sums and products are made in: double for floating-point elements; for integers uint64_t, whose low bits are
// those of the same sum or product in the integer's own type, wrapped, and whose overflow is defined.
template <typename T>
using Wide = std::conditional_t<kIsFloating<T>, double, uint64_t>;

template <typename T>
Wide<T> Widen(T element) {
  return static_cast<Wide<T>>(ValueOf(element));
}

// `value` as a float that has its last bit set wherever it is not exact, so that rounding it once more, to a shorter
// type, gives what rounding `value` itself would.
float RoundToOdd(double value);

// The element nearest to `value`, ties to even; wrapped for integers.
template <typename T>
T Narrow(Wide<T> value) {
  if constexpr (std::is_same_v<T, Float16>) {
    return ToFloat16(RoundToOdd(value));
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    return ToBFloat16(RoundToOdd(value));
  } else {
    return static_cast<T>(value);
  }
}

// The element for any `value`: rounded to floating-point types; for integers cut towards zero and held at the type's
// bounds, NaN gives 0; for bool whether it is not 0.
template <typename T>
T Saturate(double value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value != 0.0;
  } else if constexpr (kIsFloating<T>) {
    return Narrow<T>(value);
  } else {
    if (value != value) return 0;
    if (value <= static_cast<double>(std::numeric_limits<T>::lowest())) return std::numeric_limits<T>::lowest();
    if (value >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
    return static_cast<T>(value);
  }
}

// The finite element that is below all others.
template <typename T>
T LowestElement() {
  if constexpr (std::is_same_v<T, Float16>) {
    return Float16{0xfbff};
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    return BFloat16{0xff7f};
  } else {
    return std::numeric_limits<T>::lowest();
  }
}

// Whether `candidate` is a larger maximum than `best`: NaN beats every number, and the first NaN stays.
template <typename T>
bool ExceedsOrNan(T candidate, T best) {
  const auto challenger = ValueOf(candidate);
  const auto holder = ValueOf(best);
  return challenger > holder || (challenger != challenger && holder == holder);
}

// Calls `visitor` with an element of `type`, as VisitDataType; UNIMPLEMENTED, naming the operator, for types that do
// not belong: integers and bool here, bool alone below.
template <typename Visitor>
absl::Status VisitFloating(const ReferenceCall& call, DataType type, Visitor&& visitor) {
  return VisitDataType(type, [&](auto element) -> absl::Status {
    if constexpr (kIsFloating<decltype(element)>) {
      return visitor(element);
    } else {
      return call.Unsupported(type);
    }
  });
}

template <typename Visitor>
absl::Status VisitNumber(const ReferenceCall& call, DataType type, Visitor&& visitor) {
  return VisitDataType(type, [&](auto element) -> absl::Status {
    if constexpr (!std::is_same_v<decltype(element), bool>) {
      return visitor(element);
    } else {
      return call.Unsupported(type);
    }
  });
}

}  // namespace onebyone
