#include "tests/conformance/tensor_match.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "absl/strings/str_cat.h"

namespace onebyone::testing {
namespace {

// Two neighbours. Recorded values were cut off where we round to the nearest, as hardware does.
constexpr double kBFloat16Step = 1.0 / 128;

bool Equal(double got, double wanted, const Tolerance& tolerance) {
  if (std::isnan(wanted)) return std::isnan(got);
  if (std::isinf(wanted) || std::isinf(got)) return got == wanted;
  return std::abs(got - wanted) <= tolerance.absolute + tolerance.relative * std::abs(wanted);
}

template <typename T>
bool Equal(T got, T wanted, const Tolerance& tolerance) {
  if constexpr (std::is_same_v<T, Float16>) {
    return Equal(static_cast<double>(ToFloat(got)), static_cast<double>(ToFloat(wanted)), tolerance);
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    const Tolerance one_step{std::max(tolerance.relative, kBFloat16Step), tolerance.absolute};
    return Equal(static_cast<double>(ToFloat(got)), static_cast<double>(ToFloat(wanted)), one_step);
  } else if constexpr (std::is_floating_point_v<T>) {
    return Equal(static_cast<double>(got), static_cast<double>(wanted), tolerance);
  } else {
    return got == wanted;
  }
}

template <typename T>
std::string Printed(T element) {
  if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>) {
    return absl::StrCat(ToFloat(element));
  } else if constexpr (std::is_same_v<T, bool>) {
    return element ? "true" : "false";
  } else {
    return absl::StrCat(+element);
  }
}

}  // namespace

absl::Status Match(const ConstTensorView& got, const ConstTensorView& wanted, const Tolerance& tolerance) {
  if (got.type != wanted.type || got.shape != wanted.shape) {
    return absl::InvalidArgumentError(absl::StrCat("want ", NameOf(wanted.type), wanted.shape.ToString(), ", got ",
                                                   NameOf(got.type), got.shape.ToString()));
  }
  return VisitDataType(wanted.type, [&](auto element) {
    using T = decltype(element);
    for (int64_t i = 0; i < wanted.shape.Elements(); ++i) {
      const T& is = got.As<T>()[i];
      const T& should = wanted.As<T>()[i];
      if (!Equal(is, should, tolerance)) {
        return absl::InvalidArgumentError(absl::StrCat("element ", i, " of ", wanted.shape.ToString(), ": want ",
                                                       Printed(should), ", got ", Printed(is)));
      }
    }
    return absl::OkStatus();
  });
}

}  // namespace onebyone::testing
