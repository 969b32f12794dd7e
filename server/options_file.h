#pragma once

#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace onebyone {

// One line of the file of --config.
struct Setting {
  std::string key;
  std::string value;
};

// Reads such a file: lines `key = value`, empty ones, and comments that begin with '#'. A value in single or double
// quotes is what stands between them, with no escapes: it ends at the first such quote that nothing but a comment
// follows. One without quotes is a word: no spaces, quotes, commas or brackets. INVALID_ARGUMENT, naming line, what was
// wanted and what was got, for anything else of TOML too: tables, lists, a key alone, control characters.
absl::StatusOr<std::vector<Setting>> ReadOptionsFile(std::istream& input);

// The line that reads as `setting`, which is one that WhyNotInFile lets be: numbers and booleans as they are, all else
// in quotes.
std::string SettingLine(const Setting& setting);

// Empty, or why `value` of an option cannot be said in such a file: control characters, spaces around a number, or
// both kinds of quotes.
std::string WhyNotInFile(const std::string& value);

}  // namespace onebyone
