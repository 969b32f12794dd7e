#include "engine/program/completion.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace onebyone {
namespace {

constexpr size_t kLongestBrief = 90;

}  // namespace

// Fish knows a backslash within single quotes, so no quote is written by one.
std::string ShellQuoted(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\"'\"'"}}), "'");
}

std::string Brief(absl::string_view description) {
  size_t end = std::min(description.find('\n'), description.size());
  for (const absl::string_view stop : {"; ", ". ", ": "}) end = std::min(end, description.find(stop));
  if (end > kLongestBrief) {
    const size_t space = description.rfind(' ', kLongestBrief);
    end = space == absl::string_view::npos ? kLongestBrief : space;
  }
  return std::string(description.substr(0, end));
}

bool HasSubcommands(const CommandDescription& program) { return !program.commands.empty(); }

}  // namespace onebyone
