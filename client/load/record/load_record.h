#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/load/schedule/call_plan.h"
#include "client/load/target/load_target.h"
#include "client/load/work/load_pictures.h"

namespace onebyone {

// A run to be made again: which picture was sent when, and what the answers were.
struct LoadRecord {
  struct SentPicture {
    std::string name;
    uint64_t checksum = 0;  // of its encoded bytes
  };
  struct Call {
    int64_t due_ns = 0;  // since the measured time began
    std::vector<int32_t> pictures;
    int code = 0;  // grpc::StatusCode
    std::vector<AnswerChecksum> answers;
  };
  // How the pictures were named on the command line, so that a replay finds them again.
  std::vector<std::string> inputs;
  std::string synthetic;
  int pictures_of_each_size = 0;
  uint64_t seed = 0;

  double seconds = 0;  // of the measured time
  std::vector<SentPicture> pictures;
  std::vector<Call> calls;  // by due_ns
};

// A line for each thing, free text last on its line. Equal records give equal bytes.
std::string RecordText(const LoadRecord& record);

// INVALID_ARGUMENT, naming the line, where it is none.
absl::StatusOr<LoadRecord> ParseRecord(absl::string_view text);

// For each picture of the record its place among `pictures`. INVALID_ARGUMENT where one is missing, NOT_FOUND in its
// words, or has other bytes.
absl::StatusOr<std::vector<int32_t>> MatchPictures(const LoadRecord& record, const LoadPictures& pictures);

// The calls of a record, at their moments. `places`: MatchPictures.
class RecordedPlan final : public CallPlan {
 public:
  RecordedPlan(const LoadRecord& record, std::vector<int32_t> places) : record_(record), places_(std::move(places)) {}
  std::optional<PlannedCall> Next() override;

 private:
  const LoadRecord& record_;  // outlives the plan
  const std::vector<int32_t> places_;
  size_t next_ = 0;
};

}  // namespace onebyone
