#include "server/options_file.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr size_t kMostTold = 80;

absl::Status Wrong(absl::string_view wanted, absl::string_view got) {
  return absl::InvalidArgumentError(absl::StrCat("wanted ", wanted, ", got ", absl::CEscape(got.substr(0, kMostTold))));
}

bool IsControl(char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\t'; }

bool IsQuote(char c) { return c == '"' || c == '\''; }

// `text` begins with a quote.
absl::StatusOr<std::string> ReadQuoted(absl::string_view text) {
  for (size_t end = text.find(text[0], 1); end != absl::string_view::npos; end = text.find(text[0], end + 1)) {
    const absl::string_view behind = absl::StripLeadingAsciiWhitespace(text.substr(end + 1));
    if (behind.empty() || behind[0] == '#') return std::string(text.substr(1, end - 1));
  }
  return Wrong("a value that ends with the quote that it begins with", text);
}

absl::StatusOr<std::string> ReadWord(absl::string_view text) {
  const absl::string_view word = absl::StripAsciiWhitespace(text.substr(0, text.find('#')));
  if (word.empty() || word.find_first_of(" \t\"',[]{}") != absl::string_view::npos) {
    return Wrong("a word, or a value in quotes", text);
  }
  return std::string(word);
}

absl::StatusOr<Setting> ReadSetting(absl::string_view line) {
  const size_t equals = line.find('=');
  if (equals == absl::string_view::npos) return Wrong("key = value", line);
  absl::string_view key = absl::StripAsciiWhitespace(line.substr(0, equals));
  if (key.size() > 1 && IsQuote(key.front()) && key.front() == key.back()) key = key.substr(1, key.size() - 2);
  if (key.empty()) return Wrong("key = value", line);
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(line.substr(equals + 1));
  Setting setting = {.key = std::string(key), .value = {}};
  ASSIGN_OR_RETURN(setting.value, !text.empty() && IsQuote(text[0]) ? ReadQuoted(text) : ReadWord(text));
  return setting;
}

}  // namespace

absl::StatusOr<std::vector<Setting>> ReadOptionsFile(std::istream& input) {
  std::vector<Setting> settings;
  int number = 0;
  for (std::string whole; std::getline(input, whole);) {
    ++number;
    if (!whole.empty() && whole.back() == '\r') whole.pop_back();
    const absl::string_view line = absl::StripAsciiWhitespace(whole);
    if (line.empty() || line[0] == '#') continue;
    absl::StatusOr<Setting> setting =
        std::any_of(line.begin(), line.end(), IsControl) ? Wrong("no control characters", line) : ReadSetting(line);
    if (!setting.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", setting.status().message()));
    }
    settings.push_back(*std::move(setting));
  }
  return settings;
}

std::string SettingLine(const Setting& setting) {
  double number = 0;
  const bool is_bare = absl::SimpleAtod(setting.value, &number) || setting.value == "true" || setting.value == "false";
  const char* const quote = is_bare ? "" : absl::StrContains(setting.value, '"') ? "'" : "\"";
  return absl::StrCat(setting.key, "=", quote, setting.value, quote);
}

std::string WhyNotInFile(const std::string& value) {
  if (std::any_of(value.begin(), value.end(), IsControl)) {
    return std::string(Wrong("no control characters", value).message());
  }
  const absl::string_view word = absl::StripAsciiWhitespace(value);
  double number = 0.0;
  if (word != value && absl::SimpleAtod(word, &number)) {  // CLI11 prints it without quotes
    return std::string(Wrong("no spaces around a number", value).message());
  }
  const bool has_both = value.find('"') != std::string::npos && value.find('\'') != std::string::npos;
  return has_both ? std::string(Wrong("one kind of quotes at most", value).message()) : "";
}

}  // namespace onebyone
