#include "client/load/record/load_record.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/load/target/checksum.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr char kFirstLine[] = "onebyone load record 1";

// Outputs have long names that all calls share: a call's answers are "PICTURE.OUTPUT.CHECKSUM", OUTPUT a place here.
std::string AnswersText(const std::vector<AnswerChecksum>& answers, const std::map<std::string, size_t>& outputs) {
  return absl::StrJoin(answers, " ", [&outputs](std::string* out, const AnswerChecksum& answer) {
    absl::StrAppendFormat(out, "%d.%d.%x", answer.picture, outputs.at(answer.output), answer.checksum);
  });
}

// Takes the text up to the next space off `line`.
absl::string_view Word(absl::string_view& line) {
  const size_t space = std::min(line.find(' '), line.size());
  const absl::string_view word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

class Reader {
 public:
  absl::StatusOr<LoadRecord> Read(absl::string_view text) {
    int64_t number = 0;
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      ++number;
      const bool right = number == 1 ? line == kFirstLine : line.empty() || ReadLine(line);
      if (right) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, ": want a line of a record of onebyone load, got '", line.substr(0, 60), "'"));
    }
    if (record_.pictures.empty() || record_.calls.empty() || !(record_.seconds > 0)) {
      return absl::InvalidArgumentError("want a time, pictures and calls, got a record without");
    }
    std::stable_sort(record_.calls.begin(), record_.calls.end(),
                     [](const LoadRecord::Call& a, const LoadRecord::Call& b) { return a.due_ns < b.due_ns; });
    return std::move(record_);
  }

 private:
  bool ReadLine(absl::string_view line) {
    const absl::string_view kind = Word(line);
    if (kind == "call") return ReadCall(line);
    if (kind == "picture") {
      record_.pictures.emplace_back();
      LoadRecord::SentPicture& picture = record_.pictures.back();
      return absl::SimpleHexAtoi(Word(line), &picture.checksum) && absl::CUnescape(line, &picture.name);
    }
    if (kind == "output") return absl::CUnescape(line, &outputs_.emplace_back());
    if (kind == "input") return absl::CUnescape(line, &record_.inputs.emplace_back());
    if (kind == "synthetic") {
      if (!absl::SimpleAtoi(Word(line), &record_.pictures_of_each_size)) return false;
      record_.synthetic = std::string(line);
      return record_.pictures_of_each_size > 0;
    }
    if (kind == "seed") return absl::SimpleAtoi(line, &record_.seed);
    return kind == "seconds" && absl::SimpleAtod(line, &record_.seconds);
  }

  bool ReadCall(absl::string_view line) {
    LoadRecord::Call call;
    if (!absl::SimpleAtoi(Word(line), &call.due_ns) || call.due_ns < 0) return false;
    if (!absl::SimpleAtoi(Word(line), &call.code)) return false;
    for (const absl::string_view text : absl::StrSplit(Word(line), ',')) {
      int32_t picture = -1;
      if (!absl::SimpleAtoi(text, &picture) || picture < 0) return false;
      if (picture >= static_cast<int32_t>(record_.pictures.size())) return false;
      call.pictures.push_back(picture);
    }
    while (!line.empty()) {
      if (!ReadAnswer(Word(line), call)) return false;
    }
    record_.calls.push_back(std::move(call));
    return true;
  }

  bool ReadAnswer(absl::string_view text, LoadRecord::Call& call) const {
    const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
    AnswerChecksum answer;
    size_t output = 0;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &answer.picture) || !absl::SimpleAtoi(parts[1], &output) ||
        !absl::SimpleHexAtoi(parts[2], &answer.checksum)) {
      return false;
    }
    if (answer.picture < 0 || answer.picture >= static_cast<int32_t>(call.pictures.size())) return false;
    if (output >= outputs_.size()) return false;
    answer.output = outputs_[output];
    call.answers.push_back(std::move(answer));
    return true;
  }

  LoadRecord record_;
  std::vector<std::string> outputs_;
};

}  // namespace

std::string RecordText(const LoadRecord& record) {
  std::map<std::string, size_t> outputs;
  for (const LoadRecord::Call& call : record.calls) {
    for (const AnswerChecksum& answer : call.answers) outputs.emplace(answer.output, 0);
  }
  std::string text = absl::StrCat(kFirstLine, "\nseed ", record.seed, "\n");
  absl::StrAppendFormat(&text, "seconds %.9g\n", record.seconds);
  for (const std::string& input : record.inputs) absl::StrAppend(&text, "input ", absl::CEscape(input), "\n");
  if (!record.synthetic.empty()) {
    absl::StrAppend(&text, "synthetic ", record.pictures_of_each_size, " ", record.synthetic, "\n");
  }
  for (const LoadRecord::SentPicture& picture : record.pictures) {
    absl::StrAppendFormat(&text, "picture %x %s\n", picture.checksum, absl::CEscape(picture.name));
  }
  size_t place = 0;
  for (auto& [name, output] : outputs) {
    output = place++;
    absl::StrAppend(&text, "output ", absl::CEscape(name), "\n");
  }
  for (const LoadRecord::Call& call : record.calls) {
    absl::StrAppend(&text, "call ", call.due_ns, " ", call.code, " ", absl::StrJoin(call.pictures, ","),
                    call.answers.empty() ? "" : " ", AnswersText(call.answers, outputs), "\n");
  }
  return text;
}

absl::StatusOr<LoadRecord> ParseRecord(absl::string_view text) { return Reader().Read(text); }

absl::StatusOr<std::vector<int32_t>> MatchPictures(const LoadRecord& record, const LoadPictures& pictures) {
  std::map<absl::string_view, int32_t> place_of;
  for (size_t i = 0; i < pictures.pictures.size(); ++i) {
    place_of.emplace(pictures.pictures[i].name, static_cast<int32_t>(i));
  }
  std::vector<int32_t> places;
  for (const LoadRecord::SentPicture& picture : record.pictures) {
    const auto found = place_of.find(picture.name);
    if (found == place_of.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("replay: want the recorded picture '", picture.name, "', got none of that name"));
    }
    if (Checksum(pictures.pictures[static_cast<size_t>(found->second)].content) != picture.checksum) {
      return absl::InvalidArgumentError(
          absl::StrCat("replay: want the picture '", picture.name, "' as it was recorded, got other bytes"));
    }
    places.push_back(found->second);
  }
  return places;
}

std::optional<PlannedCall> RecordedPlan::Next() {
  if (next_ >= record_.calls.size()) return std::nullopt;
  const LoadRecord::Call& call = record_.calls[next_];
  PlannedCall planned = {.index = static_cast<int64_t>(next_++), .due_ns = call.due_ns};
  for (const int32_t picture : call.pictures) planned.pictures.push_back(places_[static_cast<size_t>(picture)]);
  return planned;
}

}  // namespace onebyone
