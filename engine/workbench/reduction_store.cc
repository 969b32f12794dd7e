#include "engine/workbench/reduction_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle_location.h"

namespace onebyone {
namespace {

bool IsFitted(const Reduction& reduction) { return reduction.kind == Reduction::Kind::kFitted; }

bool Replaces(const Reduction& added, const Reduction& other) {
  return IsFitted(added) && IsFitted(other) && added.layer == other.layer;
}

absl::Status CheckAgainst(const Reduction& other, const Reduction& added, bool is_in_config) {
  if (Replaces(added, other)) {
    if (!is_in_config) return absl::OkStatus();
    return absl::AlreadyExistsError(absl::StrCat("layer '", added.layer, "': ", kConfigFile, " holds reduction '",
                                                 other.name, "' for it; remove that one first"));
  }
  if (added.name != other.name) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat("name: want one that no reduction of the bundle has, got '", added.name,
                                               "', which is of layer '", other.layer, "'"));
}

}  // namespace

absl::Status StoreReductions(const Bundle& bundle, const ReductionList& added) {
  absl::StatusOr<ReductionList> stored = ReadReductionList(bundle.folder, bundle.sha256);
  if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
  ReductionList list = stored.ok() ? *std::move(stored) : ReductionList();
  for (const std::shared_ptr<const Reduction>& reduction : added) {
    for (const std::shared_ptr<const Reduction>& other : bundle.reductions) {
      const bool is_in_config =
          std::none_of(list.begin(), list.end(), [&](const auto& one) { return one->name == other->name; });
      RETURN_IF_ERROR(CheckAgainst(*other, *reduction, is_in_config));
    }
  }
  for (const std::shared_ptr<const Reduction>& reduction : added) {
    const auto old =
        std::find_if(list.begin(), list.end(), [&](const auto& one) { return Replaces(*reduction, *one); });
    if (old != list.end()) {
      *old = reduction;
    } else {
      list.push_back(reduction);
    }
  }
  return WriteReductionList(bundle.folder, bundle.sha256, list);
}

}  // namespace onebyone
