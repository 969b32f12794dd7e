#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "client/load/record/load_record.h"
#include "client/load/report/load_result.h"
#include "client/load/run/call_log.h"
#include "client/load/schedule/call_plan.h"
#include "client/load/target/load_target.h"
#include "client/load/work/load_pictures.h"

namespace onebyone {

struct AnsweredCall {
  int64_t index = 0;  // its place in the plan
  LoadRecord::Call call;
};

// Gathers what the measured calls of a run were answered. Thread-safe.
class AnswerRecord {
 public:
  void Add(const PlannedCall& call, const CallMoments& moments, const CallOutcome& outcome);

  // The calls in the order of the plan, their moments since the measured time began. Once.
  std::vector<AnsweredCall> Take(int64_t measured_from_ns);

 private:
  absl::Mutex mutex_;
  std::vector<AnsweredCall> answered_ ABSL_GUARDED_BY(mutex_);
};

// The pictures of a record, as they are sent.
std::vector<LoadRecord::SentPicture> RecordPictures(const LoadPictures& pictures);

// Which answers differ from the recorded ones: calls that were answered OK both times are compared, output by output.
// `calls`: of the replay.
ReplayOutcome CompareAnswers(const LoadRecord& record, const std::string& file, const std::vector<AnsweredCall>& calls);

}  // namespace onebyone
