#include "client/top/metrics_text.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace onebyone {
namespace {

bool IsNameCharacter(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == ':'; }

// Takes a name from the front of `rest`.
std::string TakeName(absl::string_view& rest) {
  size_t length = 0;
  while (length < rest.size() && IsNameCharacter(rest[length])) ++length;
  std::string name(rest.substr(0, length));
  rest.remove_prefix(length);
  return name;
}

bool Take(absl::string_view& rest, char wanted) {
  if (rest.empty() || rest.front() != wanted) return false;
  rest.remove_prefix(1);
  return true;
}

// Takes "..." with \\, \" and \n from the front of `rest`.
std::optional<std::string> TakeQuoted(absl::string_view& rest) {
  if (!Take(rest, '"')) return std::nullopt;
  std::string text;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"') return text;
    if (c != '\\') {
      text.push_back(c);
      continue;
    }
    if (rest.empty()) return std::nullopt;
    text.push_back(rest.front() == 'n' ? '\n' : rest.front());
    rest.remove_prefix(1);
  }
  return std::nullopt;
}

bool TakeLabels(absl::string_view& rest, MetricLabels& labels) {
  if (!Take(rest, '{')) return true;
  while (!Take(rest, '}')) {
    const std::string name = TakeName(rest);
    if (name.empty() || !Take(rest, '=')) return false;
    std::optional<std::string> value = TakeQuoted(rest);
    if (!value.has_value()) return false;
    labels[name] = *std::move(value);
    Take(rest, ',');
  }
  return true;
}

std::optional<MetricSample> ParseLine(absl::string_view line) {
  MetricSample sample;
  sample.name = TakeName(line);
  if (sample.name.empty() || !TakeLabels(line, sample.labels)) return std::nullopt;
  const std::vector<absl::string_view> numbers = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (numbers.empty() || numbers.size() > 2) return std::nullopt;
  if (!absl::SimpleAtod(numbers.front(), &sample.value)) return std::nullopt;
  return sample;
}

}  // namespace

absl::StatusOr<std::vector<MetricSample>> ParseMetrics(absl::string_view text) {
  std::vector<MetricSample> samples;
  for (const absl::string_view whole : absl::StrSplit(text, '\n')) {
    const absl::string_view line = absl::StripAsciiWhitespace(whole);
    if (line.empty() || line.front() == '#') continue;
    std::optional<MetricSample> sample = ParseLine(line);
    if (!sample.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("not a line of Prometheus' text format: '", line.substr(0, 80), "'"));
    }
    samples.push_back(*std::move(sample));
  }
  return samples;
}

}  // namespace onebyone
