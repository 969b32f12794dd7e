#include <gtest/gtest.h>

#include <string>

#include "engine/bundle/bundle.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::kLeastConfig;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;
using ::onebyone::testing::WriteBundleFiles;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct HostileConfig {
  const char* name;
  const char* config;
  const char* told;  // part of the message, beside the path
};

std::ostream& operator<<(std::ostream& stream, const HostileConfig& hostile) { return stream << hostile.name; }

class HostileConfigTest : public ::testing::TestWithParam<HostileConfig> {};

TEST_P(HostileConfigTest, IsRefusedByName) {
  const TemporaryFolder folder;
  folder.Write("secret.npy", "outside");
  folder.Write("net/cat.png", "picture");
  folder.Write("net/sub/cat.png", "picture");
  std::filesystem::create_symlink(folder / "secret.npy", folder / "net/link.npy");
  WriteBundleFiles(folder, "net", GetParam().config);
  EXPECT_THAT(ReadBundle(folder / "net"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("model_config.textproto"), HasSubstr(GetParam().told))));
}

#define GOLDEN(image) \
  "preprocessing { width: 32 height: 32 }\n goldens { layer: 'x' image: '" image "' output: 'cat.png' }"

INSTANTIATE_TEST_SUITE_P(
    Text, HostileConfigTest,
    ::testing::Values(HostileConfig{"unknown_field", "preprocessing { width: 32 }\ncolour: 3", "textproto:2:7: "},
                      HostileConfig{"unknown_field_within", "preprocessing {\n width: 32\n depth: 3 }", "\"depth\""},
                      HostileConfig{"given_twice", "description: 'a'\ndescription: 'b'", "description"},
                      HostileConfig{"wrong_kind", "preprocessing { width: 'wide' }", ":1:24: "},
                      HostileConfig{"too_large_for_int32", "preprocessing { width: 99999999999 }", ":1:24: "},
                      HostileConfig{"unknown_color", "preprocessing { color: CMYK }", "CMYK"},
                      HostileConfig{"cut", "preprocessing { width: 32", ":1:"},
                      HostileConfig{"not_text", "\x01\x02\xff", ":1:1: "}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Numbers, HostileConfigTest,
    ::testing::Values(
        HostileConfig{"empty", "", "preprocessing.width: want 1 to 8192 pixels, got 0"},
        HostileConfig{"negative_width", "preprocessing { width: -1 height: 2 }", "got -1"},
        HostileConfig{"huge_height", "preprocessing { width: 32 height: 1000000 }", "preprocessing.height"},
        HostileConfig{"short_resize", "preprocessing { width: 32 height: 32 resize_shorter_side: 31 }", "32 to"},
        HostileConfig{"huge_resize", "preprocessing { width: 32 height: 32 resize_shorter_side: 100000 }", "100000"},
        HostileConfig{"two_means", "preprocessing { width: 32 height: 32 mean: [1, 2] }", "mean: want 3 numbers"},
        HostileConfig{"mean_nan", "preprocessing { width: 32 height: 32 mean: [1, nan, 2] }", "mean: want finite"},
        HostileConfig{"std_zero", "preprocessing { width: 32 height: 32 std: [1, 0, 2] }", "std: want numbers over 0"},
        HostileConfig{"std_infinite", "preprocessing { width: 32 height: 32 std: [1, inf, 2] }", "std: want finite"},
        HostileConfig{"scale_zero", "preprocessing { width: 32 height: 32 scale: 0 }", "scale"},
        HostileConfig{"scale_nan", "preprocessing { width: 32 height: 32 scale: nan }", "scale"},
        HostileConfig{"color_number", "preprocessing { width: 32 height: 32 color: 7 }", "color"},
        HostileConfig{"filter_number", "preprocessing { width: 32 height: 32 filter: 7 }", "filter"},
        HostileConfig{"tolerance",
                      "preprocessing { width: 32 height: 32 }\n"
                      "goldens { layer: 'x' image: 'cat.png' output: 'cat.png' tolerance: 2 }",
                      "goldens[0].tolerance"},
        HostileConfig{"tolerance_nan",
                      "preprocessing { width: 32 height: 32 }\n"
                      "goldens { layer: 'x' image: 'cat.png' output: 'cat.png' tolerance: nan }",
                      "goldens[0].tolerance"}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Names, HostileConfigTest,
    ::testing::Values(HostileConfig{"no_default_layer", "preprocessing { width: 32 height: 32 } default_layers: ''",
                                    "default_layers[0]"},
                      HostileConfig{"default_layer_twice",
                                    "preprocessing { width: 32 height: 32 } default_layers: ['a', 'a']",
                                    "default_layers[1]"},
                      HostileConfig{"alias_twice",
                                    "preprocessing { width: 32 height: 32 } aliases { alias: 'a' layer: 'x' }"
                                    "aliases { alias: 'a' layer: 'y' }",
                                    "aliases[1].alias"},
                      HostileConfig{"alias_of_nothing", "preprocessing { width: 32 height: 32 } aliases { alias: 'a' }",
                                    "aliases[0].layer"},
                      HostileConfig{"folder_above", GOLDEN("../secret.npy"), "goldens[0].image"},
                      HostileConfig{"absolute", GOLDEN("/etc/passwd"), "/etc/passwd"},
                      HostileConfig{"folder_below", GOLDEN("sub/cat.png"), "without '/'"},
                      HostileConfig{"the_folder_itself", GOLDEN("."), "goldens[0].image"},
                      HostileConfig{"the_folder_above_itself", GOLDEN(".."), "goldens[0].image"},
                      HostileConfig{"hidden", GOLDEN(".git"), "goldens[0].image"},
                      HostileConfig{"zero_byte", GOLDEN("cat.png\\0.npy"), "goldens[0].image"},
                      HostileConfig{"a_folder", GOLDEN("sub"), "no such file"},
                      HostileConfig{"missing", GOLDEN("dog.png"), "dog.png"},
                      HostileConfig{"link_out", GOLDEN("link.npy"), "leads out"},
                      HostileConfig{"no_image", GOLDEN(""), "want a file name"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(HostileConfig, LongerThanAnyConfigIsRefusedUnread) {
  const TemporaryFolder folder;
  WriteBundleFiles(folder, "net", std::string((size_t{4} << 20) + 1, '#'));
  EXPECT_THAT(ReadBundle(folder / "net"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most")));
}

TEST(HostileConfig, WithTooManyEntriesIsRefused) {
  const TemporaryFolder folder;
  std::string config = kLeastConfig;
  for (int i = 0; i < 1001; ++i) absl::StrAppend(&config, "aliases { alias: 'a", i, "' layer: 'x' }\n");
  WriteBundleFiles(folder, "net", config);
  EXPECT_THAT(ReadBundle(folder / "net"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("aliases: want at most")));
}

}  // namespace
}  // namespace onebyone
