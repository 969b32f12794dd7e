#pragma once

namespace onebyone {

// The files of the folder page/, put in by the build.
//
// load.html, up to and with <script>, for absl::Substitute, all of it HTML but $3: $0 title, $1 style, $2 all of it as
// text, $3 the data as JSON without "<": {"runs": [RUN, ...], "names": [...], "warnings": [of one run], "facts":
// [[[LABEL, VALUE], ...], ...], "lead": TEXT, "comparison": null or its members}.
extern const char kLoadPageStart[];
extern const char kLoadPageStyle[];
extern const char kLoadPageScript[];

}  // namespace onebyone
