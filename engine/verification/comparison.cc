#include "engine/verification/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace onebyone {
namespace {

Shape WithoutOnes(absl::Span<const int64_t> extents) {
  Shape shape;
  for (const int64_t extent : extents) {
    if (extent != 1) shape.Append(extent);
  }
  return shape;
}

}  // namespace

double Comparison::Relative() const {
  if (max_difference == 0) return 0;
  return largest > 0 ? max_difference / largest : std::numeric_limits<double>::infinity();
}

absl::StatusOr<Comparison> Compare(const ConstTensorView& map, const NpyArray& expected) {
  if (expected.descr != "<f4") {
    return absl::InvalidArgumentError(absl::StrCat("want float32 elements (<f4), got ", expected.descr));
  }
  if (map.type != DataType::kFloat32 || WithoutOnes(map.shape.extents()) != WithoutOnes(expected.shape)) {
    return absl::InvalidArgumentError(absl::StrCat("want float32 ",
                                                   Shape(absl::MakeConstSpan(expected.shape)).ToString(), ", got ",
                                                   NameOf(map.type), " ", map.shape.ToString()));
  }
  std::vector<float> wanted(expected.content.size() / sizeof(float));
  std::memcpy(wanted.data(), expected.content.data(), expected.content.size());
  const float* got = map.As<float>();

  Comparison comparison;
  double product = 0;
  double square_wanted = 0;
  double square_got = 0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const double difference = std::abs(static_cast<double>(wanted[i]) - static_cast<double>(got[i]));
    // A NaN would lose every comparison and pass unseen.
    const double bounded = std::isfinite(difference) ? difference : std::numeric_limits<double>::infinity();
    comparison.max_difference = std::max(comparison.max_difference, bounded);
    product += static_cast<double>(wanted[i]) * got[i];
    square_wanted += static_cast<double>(wanted[i]) * wanted[i];
    square_got += static_cast<double>(got[i]) * got[i];
    comparison.largest = std::max(comparison.largest, std::abs(static_cast<double>(wanted[i])));
  }
  if (square_wanted > 0 || square_got != 0) {
    const double cosine = product / std::sqrt(square_wanted * square_got);
    comparison.cosine = std::isfinite(cosine) ? cosine : 0;
  }
  const auto top = [&](const float* begin) { return std::max_element(begin, begin + wanted.size()) - begin; };
  comparison.same_top = top(wanted.data()) == top(got);
  return comparison;
}

}  // namespace onebyone
