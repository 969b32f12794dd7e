#pragma once

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// Which methods may be called. Immutable.
class MethodList {
 public:
  // `text`: package.Service/Method or package.Service/*, separated by commas; empty: every method. INVALID_ARGUMENT
  // naming --allow-methods and the entry that is neither.
  static absl::StatusOr<MethodList> Parse(absl::string_view text);

  // `path` as HTTP/2 has it: /package.Service/Method.
  bool Contains(absl::string_view path) const;

 private:
  absl::flat_hash_set<std::string> entries_;  // without the first slash; empty: all
};

}  // namespace onebyone
