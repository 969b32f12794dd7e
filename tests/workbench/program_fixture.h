#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <string>
#include <vector>

#include "tests/bundle/bundle_files.h"
#include "tests/testing/folders.h"
#include "tests/workbench/onnx_models.h"
#include "tests/workbench/program_run.h"

namespace onebyone::testing {

// EXPECT_THAT(Workbench({...}), Ends(1, HasSubstr("what the message says")))
MATCHER_P2(Ends, code, message, "ends with that exit code and a message on standard error that fits") {
  *result_listener << "code " << arg.exit_code << " and: ";
  return arg.exit_code == code && ::testing::ExplainMatchResult(message, arg.err, result_listener);
}
MATCHER(Succeeds, "ends with exit code 0 and nothing on standard error") {
  *result_listener << "code " << arg.exit_code;
  return arg.exit_code == 0 && arg.err.empty();
}

// A temporary folder with a bundle `tiny` of TinyInception, imported by the program itself.
class TinyBundleTest : public ::testing::Test {
 protected:
  TinyBundleTest() {
    const std::string onnx = folder_.Write("tiny.onnx", TinyInception());
    imported_ =
        Workbench({"import", onnx, "--output", bundle_, "--preset", "torchvision", "--alias", "features=embedding"});
  }
  void SetUp() override { ASSERT_THAT(imported_, Succeeds()); }

  const TemporaryFolder folder_;
  const std::string bundle_ = folder_ / "tiny";
  ProgramRun imported_;
};

// A photograph that is part of the project.
inline std::string CatPicture() { return absl::StrCat(SourceFolder(), "/deploy/samples/cat_chelsea.jpg"); }

// The object that a program printed; fails the test where it is no JSON.
inline google::protobuf::Struct ParseJson(const std::string& text) {
  google::protobuf::Struct object;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &object);
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << text;
  return object;
}
inline double NumberIn(const google::protobuf::Struct& object, const std::string& key) {
  const auto found = object.fields().find(key);
  EXPECT_TRUE(found != object.fields().end() && found->second.has_number_value()) << key;
  return found == object.fields().end() ? 0 : found->second.number_value();
}
inline std::string StringIn(const google::protobuf::Struct& object, const std::string& key) {
  const auto found = object.fields().find(key);
  EXPECT_TRUE(found != object.fields().end() && found->second.has_string_value()) << key;
  return found == object.fields().end() ? "" : found->second.string_value();
}

}  // namespace onebyone::testing
