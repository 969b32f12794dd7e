#include "engine/bundle/config_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace onebyone {
namespace {

constexpr size_t kMaxMistakesTold = 5;
constexpr int kMaxDepth = 8;  // the messages are two deep

class MistakeList : public google::protobuf::io::ErrorCollector {
 public:
  explicit MistakeList(const std::string& path) : path_(path) {}

  // Lines and columns count from 0; -1 means the whole file.
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    if (mistakes_.size() >= kMaxMistakesTold) return;
    mistakes_.push_back(line < 0 ? absl::StrCat(path_, ": ", message)
                                 : absl::StrCat(path_, ":", line + 1, ":", column + 1, ": ", message));
  }

  std::string ToString() const { return absl::StrJoin(mistakes_, "; "); }

 private:
  const std::string& path_;
  std::vector<std::string> mistakes_;
};

template <typename Message>
absl::StatusOr<Message> Parse(absl::string_view text, const std::string& path) {
  MistakeList mistakes(path);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&mistakes);
  parser.SetRecursionLimit(kMaxDepth);
  Message message;
  if (!parser.ParseFromString(std::string(text), &message)) return absl::InvalidArgumentError(mistakes.ToString());
  return message;
}

std::string Format(const google::protobuf::Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.SetUseShortRepeatedPrimitives(true);
  std::string fields;
  printer.PrintToString(message, &fields);
  const google::protobuf::Descriptor& kind = *message.GetDescriptor();
  return absl::StrCat("# proto-file: ", kind.file()->name(), "\n# proto-message: ", kind.full_name(), "\n", fields);
}

}  // namespace

absl::StatusOr<config::v1::ModelConfig> ParseConfigText(absl::string_view text, const std::string& path) {
  return Parse<config::v1::ModelConfig>(text, path);
}

absl::StatusOr<config::v1::Calibration> ParseCalibrationText(absl::string_view text, const std::string& path) {
  return Parse<config::v1::Calibration>(text, path);
}

absl::StatusOr<config::v1::ReductionList> ParseReductionsText(absl::string_view text, const std::string& path) {
  return Parse<config::v1::ReductionList>(text, path);
}

std::string FormatConfigText(const config::v1::ModelConfig& config) { return Format(config); }

std::string FormatCalibrationText(const config::v1::Calibration& calibration) { return Format(calibration); }

std::string FormatReductionsText(const config::v1::ReductionList& reductions) { return Format(reductions); }

}  // namespace onebyone
