#include "engine/bundle/config_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace onebyone {
namespace {

constexpr size_t kMaxMistakesTold = 5;
constexpr int kMaxDepth = 8;  // the config's messages are two deep

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

}  // namespace

absl::StatusOr<config::v1::ModelConfig> ParseConfigText(absl::string_view text, const std::string& path) {
  MistakeList mistakes(path);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&mistakes);
  parser.SetRecursionLimit(kMaxDepth);
  config::v1::ModelConfig config;
  if (!parser.ParseFromString(std::string(text), &config)) return absl::InvalidArgumentError(mistakes.ToString());
  return config;
}

std::string FormatConfigText(const config::v1::ModelConfig& config) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.SetUseShortRepeatedPrimitives(true);
  std::string fields;
  printer.PrintToString(config, &fields);
  return absl::StrCat(
      "# proto-file: onebyone/config/v1/model_config.proto\n# proto-message: onebyone.config.v1.ModelConfig\n", fields);
}

}  // namespace onebyone
