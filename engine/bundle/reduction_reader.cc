#include "engine/bundle/reduction_reader.h"

#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle_location.h"
#include "engine/bundle/float_array.h"

namespace onebyone {
namespace {

constexpr double kShareTolerance = 1e-6;  // of rounding, where shares are summed up

absl::StatusOr<Tensor> ReadFloats(const std::string& folder, absl::string_view field, const std::string& name,
                                  int rank) {
  ASSIGN_OR_RETURN(const std::string path, BundleFile(folder, field, name));
  const absl::StatusOr<Tensor> tensor = ReadFloatArray(path, rank);
  if (tensor.ok()) return tensor;
  // The path in the bundle is the config's business; the name is what it says.
  const std::string prefix = absl::StrCat(path, ": ");
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": ", name, ": ", absl::StripPrefix(tensor.status().message(), prefix)));
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

absl::StatusOr<std::vector<ChannelRange>> ReadRanges(absl::string_view field, const config::v1::StoredReduction& config,
                                                     int64_t channels) {
  if (config.ranges_size() != 0 && config.ranges_size() != channels) {
    return absl::InvalidArgumentError(absl::StrCat(field, ".ranges: want none or ", channels,
                                                   ", one a row of the weights, got ", config.ranges_size()));
  }
  std::vector<ChannelRange> ranges;
  for (const config::v1::ChannelRange& range : config.ranges()) {
    if (!std::isfinite(range.low()) || !std::isfinite(range.high()) || range.low() > range.high()) {
      return absl::InvalidArgumentError(absl::StrCat(field, ".ranges[", ranges.size(),
                                                     "]: want finite numbers, low at most high, got ", range.low(),
                                                     " to ", range.high()));
    }
    ranges.push_back({range.low(), range.high()});
  }
  return ranges;
}

// Weights [rows, columns] and a bias that has as many numbers as there are rows.
template <typename Config>
absl::StatusOr<PointwiseConvolution> ReadConvolution(const std::string& folder, absl::string_view field,
                                                     const Config& config) {
  PointwiseConvolution convolution;
  convolution.relu = config.relu();
  ASSIGN_OR_RETURN(convolution.weights, ReadFloats(folder, absl::StrCat(field, ".weights"), config.weights(), 2));
  if (config.bias().empty()) return convolution;
  ASSIGN_OR_RETURN(Tensor bias, ReadFloats(folder, absl::StrCat(field, ".bias"), config.bias(), 1));
  if (bias.elements() != convolution.out_channels()) {
    return absl::InvalidArgumentError(absl::StrCat(field, ".bias: want ", convolution.out_channels(),
                                                   " numbers, one a row of the weights, got ", bias.elements()));
  }
  convolution.bias = std::move(bias);
  return convolution;
}

}  // namespace

absl::StatusOr<Reduction> ReadReduction(const std::string& folder, absl::string_view field,
                                        const config::v1::StoredReduction& config) {
  if (config.name().empty()) return absl::InvalidArgumentError(absl::StrCat(field, ".name: want a name, got none"));
  if (config.layer().empty()) return absl::InvalidArgumentError(absl::StrCat(field, ".layer: want a layer, got none"));
  if (config.images() < 0) {
    return absl::InvalidArgumentError(absl::StrCat(field, ".images: want 0 or more, got ", config.images()));
  }
  Reduction reduction;
  reduction.name = config.name();
  reduction.layer = config.layer();
  const bool is_head = config.kind() == config::v1::StoredReduction::HEAD;
  reduction.kind = is_head ? Reduction::Kind::kHead : Reduction::Kind::kFitted;
  reduction.images = config.images();
  ASSIGN_OR_RETURN(PointwiseConvolution last, ReadConvolution(folder, field, config));
  if (config.has_hidden()) {
    const std::string hidden_field = absl::StrCat(field, ".hidden");
    ASSIGN_OR_RETURN(reduction.hidden, ReadConvolution(folder, hidden_field, config.hidden()));
    if (last.in_channels() != reduction.hidden->out_channels()) {
      return absl::InvalidArgumentError(absl::StrCat(field, ".weights: want [K, ", reduction.hidden->out_channels(),
                                                     "], which takes what the hidden convolution gives, got ",
                                                     last.weights.shape().ToString()));
    }
  }
  reduction.weights = std::move(last.weights);
  reduction.bias = std::move(last.bias);
  reduction.relu = last.relu;
  reduction.explained_variance.assign(config.explained_variance().begin(), config.explained_variance().end());
  RETURN_IF_ERROR(CheckShares(field, reduction.explained_variance, reduction.max_channels()));
  ASSIGN_OR_RETURN(reduction.ranges, ReadRanges(field, config, reduction.max_channels()));
  return reduction;
}

}  // namespace onebyone
