#include "engine/program/roff.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace onebyone {

std::string RoffText(absl::string_view text) {
  std::vector<std::string> lines = absl::StrSplit(absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}}), '\n');
  for (std::string& line : lines) {
    if (!line.empty() && (line[0] == '.' || line[0] == '\'')) line.insert(0, "\\&");  // else it would be a request
  }
  return absl::StrJoin(lines, "\n");
}

std::string RoffBold(absl::string_view text) { return absl::StrCat("\\fB", RoffText(text), "\\fR"); }

std::string RoffItalic(absl::string_view text) { return absl::StrCat("\\fI", RoffText(text), "\\fR"); }

std::string RoffVerbatim(absl::string_view text) { return absl::StrCat(".nf\n", RoffText(text), "\n.fi\n"); }

}  // namespace onebyone
