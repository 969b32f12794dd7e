#include "engine/base/npy.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A file with this header, padded as NumPy does.
std::string NpyFile(const std::string& header, const std::string& content) {
  std::string padded = header;
  padded.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
  padded.push_back('\n');
  std::string file("\x93NUMPY\x01\x00", 8);
  file.push_back(static_cast<char>(padded.size() & 0xff));
  file.push_back(static_cast<char>(padded.size() >> 8));
  return file + padded + content;
}

std::string Header(const std::string& descr, const std::string& shape) {
  return absl::StrCat("{'descr': '", descr, "', 'fortran_order': False, 'shape': ", shape, ", }");
}

TEST(FormatNpy, WritesTheBytesThatNumPyWrites) {
  // numpy.save of numpy.zeros((2, 3), "<f4").
  const std::string content(24, '\0');
  const std::string file = FormatNpy("<f4", {2, 3}, content);
  EXPECT_EQ(file, NpyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", content));
  EXPECT_EQ(file.substr(0, 10), std::string("\x93NUMPY\x01\x00v\x00", 10));
}

TEST(FormatNpy, WritesATupleOfOneAndNone) {
  EXPECT_THAT(FormatNpy("|u1", {5}, "12345"), HasSubstr("'shape': (5,), }"));
  EXPECT_THAT(FormatNpy("|u1", {}, "1"), HasSubstr("'shape': (), }"));
}

TEST(FormatNpy, AlignsTheElementsWhateverTheShape) {
  for (int rank = 0; rank < 24; ++rank) {
    const std::vector<int64_t> shape(rank, 1);
    EXPECT_EQ(FormatNpy("<f8", shape, "").size() % 64, 0U) << "rank " << rank;
  }
}

struct RoundTripCase {
  std::string descr;
  std::vector<int64_t> shape;
  size_t bytes;
};

class NpyRoundTrip : public ::testing::TestWithParam<RoundTripCase> {};

TEST_P(NpyRoundTrip, ReturnsWhatWasWritten) {
  std::string content;
  for (size_t i = 0; i < GetParam().bytes; ++i) content.push_back(static_cast<char>(i * 7));
  ASSERT_OK_AND_ASSIGN(const NpyArray array, ParseNpy(FormatNpy(GetParam().descr, GetParam().shape, content)));
  EXPECT_EQ(array.descr, GetParam().descr);
  EXPECT_EQ(array.shape, GetParam().shape);
  EXPECT_EQ(array.content, content);
}

INSTANTIATE_TEST_SUITE_P(Shapes, NpyRoundTrip,
                         ::testing::Values(RoundTripCase{"<f4", {1, 64, 3, 2}, 1536}, RoundTripCase{"<f2", {7}, 14},
                                           RoundTripCase{"|u1", {}, 1}, RoundTripCase{"<i8", {0, 5}, 0},
                                           RoundTripCase{"|b1", {2, 2}, 4}));

TEST(ParseNpy, TakesTheSpacingOfOtherWriters) {
  ASSERT_OK_AND_ASSIGN(const NpyArray array,
                       ParseNpy(NpyFile("{'descr':'<f4','fortran_order':False,'shape':( 1,2 )}", std::string(8, 'x'))));
  EXPECT_THAT(array.shape, ElementsAre(1, 2));
}

struct BadFile {
  std::string what;
  std::string file;
};

class ParseNpyRefuses : public ::testing::TestWithParam<BadFile> {};

TEST_P(ParseNpyRefuses, WithAnErrorThatNamesTheFormat) {
  EXPECT_THAT(ParseNpy(GetParam().file), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("npy:")));
}

INSTANTIATE_TEST_SUITE_P(
    Files, ParseNpyRefuses,
    ::testing::Values(
        BadFile{"NoMagic", "PK\x03\x04 this is a zip file"}, BadFile{"Empty", ""},
        BadFile{"VersionTwo",
                absl::StrReplaceAll(NpyFile(Header("<f4", "(1,)"), "1234"), {{"NUMPY\x01", "NUMPY\x02"}})},
        BadFile{"BigEndian", NpyFile(Header(">f4", "(1,)"), "1234")},
        BadFile{"Objects", NpyFile(Header("|O", "(1,)"), "1234")},
        BadFile{"Records", NpyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "1234")},
        BadFile{"FortranOrder", NpyFile("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "1234")},
        BadFile{"NoShape", NpyFile("{'descr': '<f4', 'fortran_order': False, }", "1234")},
        BadFile{"NoDescr", NpyFile("{'fortran_order': False, 'shape': (1,), }", "1234")},
        BadFile{"ShapeIsNoTuple", NpyFile(Header("<f4", "1"), "1234")},
        BadFile{"ShapeDoesNotEnd", NpyFile(Header("<f4", "(1,"), "1234")},
        BadFile{"ShapeOfWords", NpyFile(Header("<f4", "(one,)"), "1234")},
        BadFile{"NegativeExtent", NpyFile(Header("<f4", "(-1,)"), "1234")},
        BadFile{"ExtentBeyond64Bits", NpyFile(Header("<f4", "(99999999999999999999,)"), "1234")},
        BadFile{"ProductBeyond64Bits", NpyFile(Header("<f4", "(4294967296, 4294967296, 4)"), "")},
        BadFile{"TooFewElements", NpyFile(Header("<f4", "(2,)"), "1234567")},
        BadFile{"TooManyElements", NpyFile(Header("<f4", "(2,)"), "123456789")}),
    [](const auto& test) { return test.param.what; });

TEST(ParseNpy, RefusesEveryCutFile) {
  const std::string file = FormatNpy("<f4", {2, 3}, std::string(24, 'x'));
  for (size_t length = 0; length < file.size(); ++length) {
    EXPECT_THAT(ParseNpy(absl::string_view(file).substr(0, length)), StatusIs(absl::StatusCode::kInvalidArgument))
        << "cut to " << length;
  }
  EXPECT_THAT(ParseNpy(file), IsOk());
}

TEST(ParseNpy, SurvivesEveryChangedByteOfTheHeader) {
  const std::string file = FormatNpy("<f4", {2, 3}, std::string(24, 'x'));
  int accepted = 0;
  for (size_t at = 0; at < file.size() - 24; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = file;
      changed[at] = static_cast<char>(byte);
      const absl::StatusOr<NpyArray> array = ParseNpy(changed);
      if (!array.ok()) continue;
      ++accepted;
      EXPECT_EQ(array->content.size(), 24U) << "byte " << at << " became " << byte;
    }
  }
  EXPECT_GT(accepted, 0);
}

}  // namespace
}  // namespace onebyone
