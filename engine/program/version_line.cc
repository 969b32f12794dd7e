#include "engine/program/version_line.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/program/build_origin.h"

namespace onebyone {

std::string VersionLine(absl::string_view program, absl::Span<const LoadedLibrary> libraries) {
  const BuildOrigin& origin = ThisBuildOrigin();
  const auto name_and_version = [](std::string* text, const LoadedLibrary& library) {
    absl::StrAppend(text, library.name, " ", library.version);
  };
  return absl::StrCat(program, " ", origin.version, " (commit ", origin.commit, ", ", origin.compiler, " ",
                      origin.build, libraries.empty() ? "" : "; ", absl::StrJoin(libraries, ", ", name_and_version),
                      ")");
}

}  // namespace onebyone
