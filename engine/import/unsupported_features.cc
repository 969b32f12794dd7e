#include "engine/import/unsupported_features.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace onebyone {

void UnsupportedFeatures::Add(const std::string& feature, absl::string_view place) {
  const auto [found, is_new] = by_name_.try_emplace(feature, features_.size());
  if (is_new) features_.push_back({feature, std::string(place), 0});
  ++features_[found->second].uses;
}

absl::Status UnsupportedFeatures::ToStatus() const {
  if (features_.empty()) return absl::OkStatus();
  // A network lacks a handful; a message of megabytes would only serve an attacker.
  constexpr size_t kMostNamed = 200;
  std::string message = "onnx: not supported: ";
  const size_t named = std::min(features_.size(), kMostNamed);
  for (size_t i = 0; i < named; ++i) {
    const Feature& feature = features_[i];
    absl::StrAppend(&message, i == 0 ? "" : "; ", feature.name, " (", feature.first_place);
    if (feature.uses > 1) absl::StrAppend(&message, " and ", feature.uses - 1, " more");
    absl::StrAppend(&message, ")");
  }
  if (named < features_.size()) absl::StrAppend(&message, "; and ", features_.size() - named, " others");
  return absl::UnimplementedError(message);
}

}  // namespace onebyone
