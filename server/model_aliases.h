#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// Another name for a model, or for one version of it.
struct ModelAlias {
  std::string name;
  std::string model;
  int64_t version = 0;  // 0: the highest that is served

  friend bool operator==(const ModelAlias&, const ModelAlias&) = default;
};

// The file of a models folder that holds them.
inline constexpr char kAliasesFile[] = "aliases";

// One alias a line, `ALIAS MODEL` or `ALIAS MODEL/VERSION`; # starts a comment. INVALID_ARGUMENT, naming the line, for
// anything else and for an alias that comes twice.
absl::StatusOr<std::vector<ModelAlias>> ParseModelAliases(absl::string_view text);

}  // namespace onebyone
