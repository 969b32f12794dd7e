#include "engine/bundle/reduction_reader.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle_location.h"

namespace onebyone {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{64} << 20;  // 4096 x 4096 weights
constexpr double kShareTolerance = 1e-6;              // of rounding, where shares are summed up

absl::StatusOr<Tensor> ReadFloats(const std::string& folder, absl::string_view field, const std::string& name,
                                  int rank) {
  ASSIGN_OR_RETURN(const std::string path, BundleFile(folder, field, name));
  const auto wrong = [&](absl::string_view message) {
    return absl::InvalidArgumentError(absl::StrCat(field, ": ", name, ": ", message));
  };
  const absl::StatusOr<std::string> file = ReadFile(path, kMaxFileBytes);
  if (!file.ok()) return wrong(file.status().message());
  const absl::StatusOr<NpyArray> array = ParseNpy(*file);
  if (!array.ok()) return wrong(array.status().message());

  const Shape shape{absl::MakeConstSpan(array->shape)};
  if (array->descr != "<f4") return wrong(absl::StrCat("want float32 elements (<f4), got ", array->descr));
  if (shape.rank() != rank || std::any_of(array->shape.begin(), array->shape.end(), [](int64_t n) { return n < 1; })) {
    return wrong(absl::StrCat("want shape ", rank == 2 ? "[K, C]" : "[K]", ", got ", shape.ToString()));
  }
  ASSIGN_OR_RETURN(Tensor tensor, Tensor::Create(DataType::kFloat32, shape));
  std::memcpy(tensor.data(), array->content.data(), array->content.size());
  const float* begin = tensor.As<float>();
  if (!std::all_of(begin, begin + tensor.elements(), [](float number) { return std::isfinite(number); })) {
    return wrong("want finite numbers, got NaN or infinity");
  }
  return tensor;
}

absl::Status CheckShares(absl::string_view field, const std::vector<double>& shares, int64_t channels) {
  if (shares.empty()) return absl::OkStatus();
  const auto wrong = [&](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(field, ".explained_variance: ", what));
  };
  if (static_cast<int64_t>(shares.size()) != channels) {
    return wrong(absl::StrCat("want none or ", channels, " numbers, one a row of the weights, got ", shares.size()));
  }
  double before = 0;
  for (const double share : shares) {
    if (!(share >= before - kShareTolerance && share <= 1 + kShareTolerance)) {
      return wrong(absl::StrCat("want shares that rise from 0 to 1, got ", share, " after ", before));
    }
    before = share;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Reduction> ReadReduction(const std::string& folder, absl::string_view field,
                                        const config::v1::StoredReduction& config) {
  if (config.name().empty()) return absl::InvalidArgumentError(absl::StrCat(field, ".name: want a name, got none"));
  if (config.layer().empty()) return absl::InvalidArgumentError(absl::StrCat(field, ".layer: want a layer, got none"));
  Reduction reduction;
  reduction.name = config.name();
  reduction.layer = config.layer();
  reduction.relu = config.relu();
  ASSIGN_OR_RETURN(reduction.weights, ReadFloats(folder, absl::StrCat(field, ".weights"), config.weights(), 2));
  if (!config.bias().empty()) {
    ASSIGN_OR_RETURN(Tensor bias, ReadFloats(folder, absl::StrCat(field, ".bias"), config.bias(), 1));
    if (bias.elements() != reduction.max_channels()) {
      return absl::InvalidArgumentError(absl::StrCat(field, ".bias: want ", reduction.max_channels(),
                                                     " numbers, one a row of the weights, got ", bias.elements()));
    }
    reduction.bias = std::move(bias);
  }
  reduction.explained_variance.assign(config.explained_variance().begin(), config.explained_variance().end());
  RETURN_IF_ERROR(CheckShares(field, reduction.explained_variance, reduction.max_channels()));
  return reduction;
}

}  // namespace onebyone
