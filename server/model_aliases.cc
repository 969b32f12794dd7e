#include "server/model_aliases.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

absl::StatusOr<ModelAlias> ParseLine(absl::string_view line, int number) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  const auto wrong = [&] {
    return absl::InvalidArgumentError(absl::StrCat(
        kAliasesFile, ", line ", number, ": wanted ALIAS MODEL or ALIAS MODEL/VERSION, got ", QuotedInput(line)));
  };
  if (words.size() != 2 || !IsUtf8(line)) return wrong();
  const std::vector<absl::string_view> target = absl::StrSplit(words[1], '/');
  ModelAlias alias{.name = std::string(words[0]), .model = std::string(target[0])};
  const bool has_version = target.size() == 2;
  if (target.size() > 2 || target[0].empty()) return wrong();
  if (has_version && (!absl::SimpleAtoi(target[1], &alias.version) || alias.version < 1)) return wrong();
  return alias;
}

}  // namespace

absl::StatusOr<std::vector<ModelAlias>> ParseModelAliases(absl::string_view text) {
  std::vector<ModelAlias> aliases;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    ASSIGN_OR_RETURN(ModelAlias alias, ParseLine(line, number));
    if (std::any_of(aliases.begin(), aliases.end(),
                    [&](const ModelAlias& other) { return other.name == alias.name; })) {
      return absl::InvalidArgumentError(
          absl::StrCat(kAliasesFile, ", line ", number, ": alias ", QuotedInput(alias.name), " comes twice"));
    }
    aliases.push_back(std::move(alias));
  }
  return aliases;
}

}  // namespace onebyone
