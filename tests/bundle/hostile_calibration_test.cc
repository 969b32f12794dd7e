#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/bundle/calibration_file.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct HostileCalibration {
  const char* name;
  const char* fields;  // behind a right beginning
  const char* told;    // part of the message, beside the path
};

std::ostream& operator<<(std::ostream& stream, const HostileCalibration& hostile) { return stream << hostile.name; }

class HostileCalibrationTest : public ::testing::TestWithParam<HostileCalibration> {};

TEST_P(HostileCalibrationTest, IsRefusedByName) {
  const TemporaryFolder folder;
  folder.Write("calibration.textproto", absl::StrCat("model_sha256: 'abc'\n", GetParam().fields));
  EXPECT_THAT(ReadCalibration(folder.path(), "abc"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("calibration.textproto"), HasSubstr(GetParam().told))));
}

#define BEGIN "method: 'max' images: 1 "
#define INT8(fields) BEGIN "fidelities { precision: 'int8' " fields " }"

INSTANTIATE_TEST_SUITE_P(
    All, HostileCalibrationTest,
    ::testing::Values(
        HostileCalibration{"unknown_field", "scale: 3", ":2:"}, HostileCalibration{"cut", "ranges {", ":2:"},
        HostileCalibration{"not_text", "\x01\x02\xff", ":2:1: "},
        HostileCalibration{"no_method", "images: 1", "method: want max, extreme, percentile or mse, got ''"},
        HostileCalibration{"unknown_method", "method: 'entropy' images: 1", "got 'entropy'"},
        HostileCalibration{"no_images", "method: 'max'", "images: want at least 1, got 0"},
        HostileCalibration{"negative_images", "method: 'max' images: -5", "got -5"},
        HostileCalibration{"nan", BEGIN "ranges { value: 'x' low: nan }", "ranges[0]: want finite numbers"},
        HostileCalibration{"infinity", BEGIN "ranges { value: 'x' high: inf }", "low at most high, got 0 to inf"},
        HostileCalibration{"too_large_for_float", BEGIN "ranges { value: 'x' high: 1e39 }", "got 0 to inf"},
        HostileCalibration{"turned_around", BEGIN "ranges { value: 'x' low: 2 high: 1 }", "got 2 to 1"},
        HostileCalibration{"range_without_name", BEGIN "ranges { high: 1 }", "ranges[0].value: want a name"},
        HostileCalibration{"range_twice", BEGIN "ranges { value: 'x' } ranges { value: 'x' }",
                           "ranges[1].value: want a name that no other range has, got 'x'"},
        HostileCalibration{"float_layer_twice", BEGIN "float_layers: ['a', 'a']", "float_layers[1]: want a name"},
        HostileCalibration{"companded_layer_without_a_name", BEGIN "companded_layers: ''", "companded_layers[0]: want"},
        HostileCalibration{"winograd_layer_twice", BEGIN "winograd_layers: ['a', 'a']", "winograd_layers[1]: want"},
        HostileCalibration{"float_layer_without_name", BEGIN "float_layers: ''", "float_layers[0]: want a name"},
        HostileCalibration{"unknown_precision", BEGIN "fidelities { precision: 'int4' }", "got 'int4'"},
        HostileCalibration{"float32", BEGIN "fidelities { precision: 'f32' }", "want bf16 or int8, got 'f32'"},
        HostileCalibration{"precision_twice", INT8("") " fidelities { precision: 'int8' }",
                           "fidelities[1].precision: want one that is not there yet"},
        HostileCalibration{"cosine_over_1", INT8("pooled_cosine: 1.5"), "pooled_cosine: want -1 to 1, got 1.5"},
        HostileCalibration{"cosine_nan", INT8("map_cosine: nan"), "map_cosine: want -1 to 1, got nan"},
        HostileCalibration{"agreement_under_0", INT8("top1_agreement: -0.1"), "want 0 to 1, got -0.1"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(HostileCalibration, OfTooManyEntriesIsRefused) {
  const TemporaryFolder folder;
  std::string text = "model_sha256: 'abc' method: 'max' images: 1\n";
  for (int i = 0; i <= 100'000; ++i) absl::StrAppend(&text, "float_layers: '", i, "'\n");
  folder.Write("calibration.textproto", text);
  EXPECT_THAT(ReadCalibration(folder.path(), "abc"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want at most 100000 entries, got 100001")));
}

TEST(HostileCalibration, OfTooManyBytesIsRefusedUnread) {
  const TemporaryFolder folder;
  const std::string path = folder.Write("calibration.textproto", "");
  std::filesystem::resize_file(path, (uintmax_t{32} << 20) + 1);
  EXPECT_THAT(ReadCalibration(folder.path(), "abc"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want at most 33554432 bytes")));
}

TEST(HostileCalibration, AFolderInItsPlaceIsRefused) {
  const TemporaryFolder folder;
  folder.Write("calibration.textproto/x", "");
  EXPECT_THAT(ReadCalibration(folder.path(), "abc"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want a regular file")));
}

// The least that a calibration may say.
TEST(HostileCalibration, LeastIsTaken) {
  const TemporaryFolder folder;
  folder.Write("calibration.textproto", "model_sha256: 'abc' " BEGIN);
  EXPECT_THAT(ReadCalibration(folder.path(), "abc"), IsOk());
}

}  // namespace
}  // namespace onebyone
