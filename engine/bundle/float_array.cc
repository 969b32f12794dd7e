#include "engine/bundle/float_array.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{64} << 20;  // 4096 x 4096 weights

// "[3, 17]" of element 3 * columns + 17.
std::string PlaceOf(int64_t element, const Shape& shape) {
  if (shape.rank() != 2) return absl::StrCat("[", element, "]");
  return absl::StrCat("[", element / shape[1], ", ", element % shape[1], "]");
}

absl::StatusOr<Tensor> ParseFloatArray(absl::string_view file, int rank) {
  ASSIGN_OR_RETURN(const NpyArray array, ParseNpy(file));
  const Shape shape{absl::MakeConstSpan(array.shape)};
  if (array.descr != "<f4") {
    return absl::InvalidArgumentError(absl::StrCat("want float32 elements (<f4), got ", array.descr));
  }
  if (shape.rank() != rank || std::any_of(array.shape.begin(), array.shape.end(), [](int64_t n) { return n < 1; })) {
    return absl::InvalidArgumentError(
        absl::StrCat("want shape ", rank == 2 ? "[K, C]" : "[K]", ", got ", shape.ToString()));
  }
  ASSIGN_OR_RETURN(Tensor tensor, Tensor::Create(DataType::kFloat32, shape));
  std::memcpy(tensor.data(), array.content.data(), array.content.size());
  const float* begin = tensor.As<float>();
  const float* end = begin + tensor.elements();
  const float* odd = std::find_if(begin, end, [](float number) { return !std::isfinite(number); });
  if (odd != end) {
    return absl::InvalidArgumentError(absl::StrCat("want finite numbers, got ", std::isnan(*odd) ? "NaN" : "infinity",
                                                   " at ", PlaceOf(odd - begin, shape)));
  }
  return tensor;
}

}  // namespace

absl::StatusOr<Tensor> ReadFloatArray(const std::string& path, int rank) {
  const absl::StatusOr<std::string> file = ReadFile(path, kMaxFileBytes);
  absl::StatusOr<Tensor> tensor = file.ok() ? ParseFloatArray(*file, rank) : file.status();
  if (tensor.ok()) return tensor;
  const std::string prefix = absl::StrCat(path, ": ");
  return absl::InvalidArgumentError(absl::StrCat(prefix, absl::StripPrefix(tensor.status().message(), prefix)));
}

std::string FormatFloatArray(const Tensor& tensor) {
  return FormatNpy("<f4", tensor.shape().extents(), {static_cast<const char*>(tensor.data()), tensor.bytes()});
}

}  // namespace onebyone
