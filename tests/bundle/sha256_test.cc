#include "engine/bundle/sha256.h"

#include <gmock/gmock.h>

#include "absl/strings/escaping.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;

TEST(Sha256OfFile, GivesThePublishedSums) {
  const TemporaryFolder folder;
  EXPECT_THAT(Sha256OfFile(folder.Write("abc", "abc")),
              IsOkAndHolds("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  EXPECT_THAT(Sha256OfFile(folder.Write("empty", "")),
              IsOkAndHolds("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

// "a" a million times, of FIPS 180: longer than one piece, and not a multiple of it, when written twice.
TEST(Sha256OfFile, ReadsFilesLongerThanOnePiece) {
  const TemporaryFolder folder;
  EXPECT_THAT(Sha256OfFile(folder.Write("million", std::string(1'000'000, 'a'))),
              IsOkAndHolds("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
  const auto whole = Sha256OfFile(folder.Write("long", std::string(3'000'000, 'a')));
  const auto other = Sha256OfFile(folder.Write("longer", std::string(3'000'001, 'a')));
  ASSERT_THAT(whole, testing::IsOk());
  ASSERT_THAT(other, testing::IsOk());
  EXPECT_NE(*whole, *other);
}

TEST(Sha256OfPieces, IsThatOfTheWhole) {
  ASSERT_OK_AND_ASSIGN(const Sha256Digest sum, Sha256OfPieces({"a", "", "bc"}));
  EXPECT_EQ(absl::BytesToHexString({reinterpret_cast<const char*>(sum.data()), sum.size()}),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_THAT(Sha256OfPieces({"abc"}), IsOkAndHolds(sum));
  EXPECT_THAT(Sha256OfPieces({}), IsOkAndHolds(::testing::Ne(sum)));
}

TEST(Sha256OfFile, NamesAFileThatIsNotThere) {
  EXPECT_THAT(Sha256OfFile("/nowhere/model.onnx"),
              StatusIs(absl::StatusCode::kNotFound, ::testing::HasSubstr("/nowhere/model.onnx")));
}

}  // namespace
}  // namespace onebyone
