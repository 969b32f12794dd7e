#include "engine/runtime/choice_text.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr absl::string_view kCount = "choices ";
constexpr int kMostThreads = 1 << 16;
constexpr size_t kLongestKey = 512;

std::string Head(const ChoiceOrigin& origin) {
  return absl::StrCat("onebyone kernel choices 2\nmodel ", origin.model, "\nmachine ", origin.machine, "\n");
}

// Takes the first line off `text`. A line that does not end was cut.
absl::StatusOr<absl::string_view> TakeLine(absl::string_view& text) {
  const size_t end = text.find('\n');
  if (end == absl::string_view::npos) return absl::InvalidArgumentError("choices: want another line, got the end");
  const absl::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

absl::Status ReadChoice(absl::string_view line, ConvChoices& choices) {
  const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 2));
  int threads = 0;
  const std::optional<ConvVariant> variant = parts.size() == 3 ? FindConvVariant(parts[1]) : std::nullopt;
  const bool fine = variant.has_value() && absl::SimpleAtoi(parts[0], &threads) && threads > 0 &&
                    threads <= kMostThreads && !parts[2].empty() && parts[2].size() <= kLongestKey;
  if (!fine) return absl::InvalidArgumentError("choices: want 'threads variant key', got another line");
  choices[threads].Set(std::string(parts[2]), *variant);
  return absl::OkStatus();
}

}  // namespace

std::string FormatChoices(const ChoiceOrigin& origin, const ConvChoices& choices) {
  std::string text = absl::StrCat(Head(origin), kCount, CountOf(choices), "\n");
  for (const auto& [threads, choice] : choices) {
    for (const auto& [key, variant] : choice.by_key()) {
      absl::StrAppend(&text, threads, " ", NameOf(variant), " ", key, "\n");
    }
  }
  return text;
}

absl::StatusOr<ConvChoices> ParseChoices(const ChoiceOrigin& origin, absl::string_view text) {
  if (static_cast<int64_t>(text.size()) > kMostChoiceBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("choices: want at most ", kMostChoiceBytes, " bytes, got ", text.size()));
  }
  const std::string head = Head(origin);
  if (!absl::StartsWith(text, head)) {
    return absl::FailedPreconditionError("choices: want those of this format, model and machine, got others");
  }
  text.remove_prefix(head.size());
  ASSIGN_OR_RETURN(absl::string_view line, TakeLine(text));
  int count = 0;
  if (!absl::ConsumePrefix(&line, kCount) || !absl::SimpleAtoi(line, &count) || count < 0 || count > kMostChoices) {
    return absl::InvalidArgumentError(absl::StrCat("choices: want '", kCount, "0' to '", kMostChoices, "'"));
  }
  ConvChoices choices;
  for (int i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(line, TakeLine(text));
    RETURN_IF_ERROR(ReadChoice(line, choices));
  }
  if (text.empty()) return choices;
  return absl::InvalidArgumentError(absl::StrCat("choices: want ", count, ", got more"));
}

int64_t CountOf(const ConvChoices& choices) {
  int64_t count = 0;
  for (const auto& [threads, choice] : choices) count += static_cast<int64_t>(choice.by_key().size());
  return count;
}

}  // namespace onebyone
