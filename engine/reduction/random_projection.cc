#include "engine/reduction/random_projection.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "engine/reduction/normal_numbers.h"
#include "engine/reduction/orthonormal_rows.h"

namespace onebyone {
namespace {

// The widest layer of an Inception network, 2,048 channels, with all rows: what is larger would keep a caller busy for
// minutes.
constexpr int64_t kMaxWeights = int64_t{1} << 22;

}  // namespace

absl::StatusOr<Reduction> RandomProjection(const std::string& layer, int64_t layer_channels, int64_t channels,
                                           uint64_t seed) {
  if (channels < 1 || channels >= layer_channels) {
    return absl::InvalidArgumentError(absl::StrCat("channels: a random projection of layer '", layer, "' wants 1 to ",
                                                   std::max<int64_t>(layer_channels, 1) - 1, ", got ", channels));
  }
  if (layer_channels > kMaxWeights / channels) {
    return absl::InvalidArgumentError(absl::StrCat("channels: a random projection of layer '", layer, "' with ",
                                                   layer_channels, " channels wants at most ",
                                                   kMaxWeights / layer_channels, ", got ", channels));
  }
  NormalNumbers normal(seed);
  std::vector<double> rows(static_cast<size_t>(channels * layer_channels));
  std::generate(rows.begin(), rows.end(), [&] { return normal.Next(); });
  MakeOrthonormal(absl::MakeSpan(rows), channels, layer_channels);

  Reduction reduction;
  reduction.name = absl::StrCat("random_projection(", layer, ", ", channels, ", seed ", seed, ")");
  reduction.layer = layer;
  ASSIGN_OR_RETURN(reduction.weights, Tensor::Create(DataType::kFloat32, {channels, layer_channels}));
  const double scale = std::sqrt(static_cast<double>(layer_channels) / static_cast<double>(channels));
  std::transform(rows.begin(), rows.end(), reduction.weights.As<float>(),
                 [&](double weight) { return static_cast<float>(weight * scale); });
  return reduction;
}

}  // namespace onebyone
