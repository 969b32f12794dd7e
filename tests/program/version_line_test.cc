#include "engine/program/version_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/program/build_origin.h"
#include "engine/program/loaded_libraries.h"

namespace onebyone {
namespace {

using ::testing::IsSupersetOf;
using ::testing::MatchesRegex;

TEST(VersionLine, TellsProgramBuildAndLibraries) {
  EXPECT_EQ(VersionLine("doer", {{"zlib", "1.2"}, {"gRPC", "1.51"}}),
            "doer " + ThisBuildOrigin().version + " (commit " + ThisBuildOrigin().commit + ", " +
                ThisBuildOrigin().compiler + " " + ThisBuildOrigin().build + "; zlib 1.2, gRPC 1.51)");
}

TEST(VersionLine, IsMadeOfARealBuild) {
  EXPECT_THAT(ThisBuildOrigin().version, MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(ThisBuildOrigin().compiler, MatchesRegex("[A-Za-z]+ [0-9.]+"));
}

TEST(VersionLine, CanTellTheLibrariesThatReadWhatStrangersSend) {
  std::vector<std::string> names;
  for (const LoadedLibrary& library : LoadedLibraries()) {
    names.push_back(library.name);
    EXPECT_THAT(library.version, MatchesRegex("[0-9]+\\.[0-9]+.*")) << library.name;
  }
  EXPECT_THAT(names, IsSupersetOf({"OpenCV", "libjpeg-turbo", "zlib"}));
}

}  // namespace
}  // namespace onebyone
