#include "engine/reduction/principal_components.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// Eigenvalues, the largest first, and the eigenvectors as rows.
struct Eigensystem {
  cv::Mat1d values;
  cv::Mat1d vectors;
};

absl::StatusOr<Eigensystem> SolveSymmetric(const PixelMoments& moments) {
  try {
    const auto channels = static_cast<int>(moments.channels());
    const cv::Mat1d scatter(channels, channels, const_cast<double*>(moments.scatter.data()));
    Eigensystem system;
    if (!cv::eigen(scatter / static_cast<double>(moments.pixels), system.values, system.vectors)) {
      return absl::InternalError("the eigenvalues of the covariance were not found");
    }
    return system;
  } catch (const cv::Exception& error) {
    return absl::InternalError(absl::StrCat("the eigenvalues of the covariance were not found: ", error.what()));
  }
}

absl::Status CheckMoments(const PixelMoments& moments) {
  if (moments.channels() < 2 || moments.channels() > kMaxFitChannels) {
    return absl::InvalidArgumentError(
        absl::StrCat("want a layer of 2 to ", kMaxFitChannels, " channels, got ", moments.channels()));
  }
  for (size_t c = 0; c < moments.mean.size(); ++c) {
    if (moments.scatter[c * moments.mean.size() + c] > 0) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("want pixels that differ from each other, got ", moments.pixels, " that are all the same"));
}

// How many eigenvalues are more than the rounding of the largest one.
int64_t RankOf(const cv::Mat1d& values) {
  const double rounding = values(0) * values.rows * std::numeric_limits<double>::epsilon();
  int rank = 0;
  while (rank < values.rows && values(rank) > rounding) ++rank;
  return rank;
}

// Writes a row of weights with its sign made definite, and returns the number that takes the mean away.
float WriteRow(const double* direction, const std::vector<double>& mean, float* weights) {
  const auto length = static_cast<int64_t>(mean.size());
  const double* largest =
      std::max_element(direction, direction + length, [](double a, double b) { return std::abs(a) < std::abs(b); });
  const double sign = *largest < 0 ? -1.0 : 1.0;
  double offset = 0.0;
  for (int64_t c = 0; c < length; ++c) {
    weights[c] = static_cast<float>(sign * direction[c]);
    offset -= weights[c] * mean[static_cast<size_t>(c)];  // of what is stored: no pixel is shifted by its rounding
  }
  return static_cast<float>(offset);
}

}  // namespace

absl::StatusOr<Reduction> FitPrincipalComponents(const std::string& layer, const PixelMoments& moments,
                                                 int64_t max_channels) {
  RETURN_IF_ERROR(CheckMoments(moments));
  ASSIGN_OR_RETURN(const Eigensystem system, SolveSymmetric(moments));
  const int64_t channels = moments.channels();
  int64_t rows = std::min(RankOf(system.values), channels - 1);
  if (max_channels > 0) rows = std::min(rows, max_channels);

  Reduction reduction;
  reduction.name = absl::StrCat("pca(", layer, ")");
  reduction.layer = layer;
  ASSIGN_OR_RETURN(reduction.weights, Tensor::Create(DataType::kFloat32, {rows, channels}));
  ASSIGN_OR_RETURN(reduction.bias, Tensor::Create(DataType::kFloat32, {rows}));
  double variance = 0.0;
  for (int64_t c = 0; c < channels; ++c) variance += moments.scatter[static_cast<size_t>(c * channels + c)];
  variance /= static_cast<double>(moments.pixels);
  double kept = 0.0;
  for (int64_t row = 0; row < rows; ++row) {
    reduction.bias->As<float>()[row] =
        WriteRow(system.vectors[static_cast<int>(row)], moments.mean, reduction.weights.As<float>() + row * channels);
    kept += system.values(static_cast<int>(row));
    reduction.explained_variance.push_back(std::min(kept / variance, 1.0));
  }
  return reduction;
}

}  // namespace onebyone
