#include "engine/import/quoted_name.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace onebyone {

std::string Legible(absl::string_view name) {
  constexpr size_t kLongest = 120;
  return absl::StrCat(absl::Utf8SafeCEscape(name.substr(0, kLongest)), name.size() > kLongest ? "..." : "");
}

std::string Quoted(absl::string_view name) { return absl::StrCat("'", Legible(name), "'"); }

}  // namespace onebyone
