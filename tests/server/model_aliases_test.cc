#include "server/model_aliases.h"

#include <gmock/gmock.h>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ModelAliases, AreOneALineWithOrWithoutAVersion) {
  EXPECT_THAT(ParseModelAliases("# names for clients\nstable  inception/3\n\n latest\tinception # moves\n"),
              IsOkAndHolds(ElementsAre(ModelAlias{"stable", "inception", 3}, ModelAlias{"latest", "inception", 0})));
  EXPECT_THAT(ParseModelAliases(""), IsOkAndHolds(ElementsAre()));
}

TEST(ModelAliases, OtherLinesAreNamed) {
  for (const char* line : {"alone", "a b c", "a b/0", "a b/x", "a b/1/2", "a /1", "a b/-1", "caf\xe9 b"}) {
    EXPECT_THAT(ParseModelAliases(std::string("good model\n") + line),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("aliases, line 2")))
        << line;
  }
  EXPECT_THAT(ParseModelAliases("a b\na c\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 2: alias 'a' comes twice")));
}

}  // namespace
}  // namespace onebyone
