#include "client/load/record/answer_record.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/load/target/checksum.h"

namespace onebyone {
namespace {

constexpr size_t kMostExamples = 20;

std::string InWords(const AnswerChecksum* answer) {
  if (answer == nullptr) return "no such output";
  return absl::StrFormat("%s %016x", answer->output, answer->checksum);
}

// Answers that differ, or that only one of the two calls has.
template <typename Report>
void Differences(const std::vector<AnswerChecksum>& recorded, const std::vector<AnswerChecksum>& got, Report report) {
  for (size_t i = 0; i < std::max(recorded.size(), got.size()); ++i) {
    const AnswerChecksum* before = i < recorded.size() ? &recorded[i] : nullptr;
    const AnswerChecksum* now = i < got.size() ? &got[i] : nullptr;
    if (before == nullptr || now == nullptr || *before != *now) report(before, now);
  }
}

}  // namespace

void AnswerRecord::Add(const PlannedCall& call, const CallMoments& moments, const CallOutcome& outcome) {
  AnsweredCall answered = {.index = call.index, .call = {}};
  answered.call.due_ns = moments.due_ns;
  answered.call.pictures.assign(call.pictures.begin(), call.pictures.end());
  answered.call.code = outcome.code;
  if (outcome.code == 0) answered.call.answers = outcome.checksums;
  absl::MutexLock lock(&mutex_);
  answered_.push_back(std::move(answered));
}

std::vector<AnsweredCall> AnswerRecord::Take(int64_t measured_from_ns) {
  absl::MutexLock lock(&mutex_);
  std::sort(answered_.begin(), answered_.end(),
            [](const AnsweredCall& a, const AnsweredCall& b) { return a.index < b.index; });
  for (AnsweredCall& answered : answered_) {
    answered.call.due_ns = std::max<int64_t>(0, answered.call.due_ns - measured_from_ns);
  }
  return std::exchange(answered_, {});
}

std::vector<LoadRecord::SentPicture> RecordPictures(const LoadPictures& pictures) {
  std::vector<LoadRecord::SentPicture> recorded;
  for (const Picture& picture : pictures.pictures) recorded.push_back({picture.name, Checksum(picture.content)});
  return recorded;
}

ReplayOutcome CompareAnswers(const LoadRecord& record, const std::string& file,
                             const std::vector<AnsweredCall>& calls) {
  ReplayOutcome outcome = {.record = file};
  for (const auto& [index, call] : calls) {
    if (index >= static_cast<int64_t>(record.calls.size())) continue;
    const LoadRecord::Call& before = record.calls[static_cast<size_t>(index)];
    if (before.code != 0 || call.code != 0) continue;
    ++outcome.compared;
    bool changed = false;
    Differences(before.answers, call.answers,
                [&, place = index](const AnswerChecksum* recorded, const AnswerChecksum* got) {
                  changed = true;
                  if (outcome.examples.size() >= kMostExamples) return;
                  const AnswerChecksum& known = recorded != nullptr ? *recorded : *got;
                  const int32_t picture = before.pictures[static_cast<size_t>(known.picture)];
                  outcome.examples.push_back(
                      {place, record.pictures[static_cast<size_t>(picture)].name, InWords(recorded), InWords(got)});
                });
    outcome.changed += changed ? 1 : 0;
  }
  return outcome;
}

}  // namespace onebyone
