#include "server/model_set.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/nearest_name.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

constexpr absl::Duration kRetryAfter = absl::Seconds(1);

absl::Status UnknownName(const ModelSet& set, const std::string& wanted) {
  std::vector<std::string> names;
  for (const ModelEntry& entry : set.entries) names.push_back(entry.name);
  for (const ModelAlias& alias : set.aliases) names.push_back(alias.name);
  const std::string nearest = NearestName(wanted, names);
  return ResourceNotFound("model", wanted,
                          absl::StrCat("model: no model is called ", QuotedInput(wanted),
                                       nearest.empty() ? "" : absl::StrCat("; did you mean '", nearest, "'?")));
}

}  // namespace

absl::StatusOr<const ModelEntry*> ModelSet::Find(const std::string& name, int64_t version) const {
  std::string wanted = name.empty() ? default_model : name;
  const auto alias =
      std::find_if(aliases.begin(), aliases.end(), [&](const ModelAlias& each) { return each.name == wanted; });
  if (alias != aliases.end()) {
    wanted = alias->model;
    if (version == 0) version = alias->version;
  }
  const ModelEntry* failed = nullptr;
  std::vector<int64_t> versions;
  for (const ModelEntry& entry : entries) {
    if (entry.name != wanted) continue;
    if (entry.model == nullptr) {
      if (failed == nullptr) failed = &entry;
      continue;
    }
    if (version == 0 || version == entry.version()) return &entry;
    versions.push_back(entry.version());
  }
  if (!versions.empty()) {
    return ResourceNotFound("model", absl::StrCat(wanted, "/", version),
                            absl::StrCat("version: model ", QuotedInput(wanted), " serves version ",
                                         absl::StrJoin(versions, ", "), " (0 means the first), got ", version));
  }
  if (failed == nullptr) return UnknownName(*this, wanted);
  // Another server may have it, and this one looks again when its files change.
  return WithRetryAfter(
      absl::UnavailableError(absl::StrCat("model ", QuotedInput(wanted), " did not load: ", failed->status.message())),
      kRetryAfter);
}

}  // namespace onebyone
