#include "server/security/method_list.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace onebyone {
namespace {

bool IsName(absl::string_view text) {
  if (text.empty()) return false;
  for (const char letter : text) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(letter)) && letter != '_' && letter != '.') return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<MethodList> MethodList::Parse(absl::string_view text) {
  MethodList list;
  if (absl::StripAsciiWhitespace(text).empty()) return list;
  for (absl::string_view entry : absl::StrSplit(text, ',')) {
    entry = absl::StripPrefix(absl::StripAsciiWhitespace(entry), "/");
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(entry, absl::MaxSplits('/', 1));
    if (!IsName(parts.first) || (parts.second != "*" && !IsName(parts.second))) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--allow-methods: wanted package.Service/Method or package.Service/*, separated by commas, got '", entry,
          "'"));
    }
    list.entries_.insert(std::string(entry));
  }
  return list;
}

bool MethodList::Contains(absl::string_view path) const {
  if (entries_.empty()) return true;
  const absl::string_view method = absl::StripPrefix(path, "/");
  return entries_.contains(method) || entries_.contains(absl::StrCat(method.substr(0, method.find('/')), "/*"));
}

}  // namespace onebyone
