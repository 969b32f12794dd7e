#pragma once

#include <string>

#include "client/commands/terminal.h"

namespace onebyone {

struct CompareRunsOptions {
  std::string before;  // files of `onebyone load --json`
  std::string after;
  std::string html;            // a page of both; "": not wanted
  double tolerance = 0.02;     // changes up to this share are as good as none
  bool fail_if_worse = false;  // kMissed where the second run is worse beyond noise
  bool anyway = false;         // compares runs of different kinds too
};

// Prints two runs side by side with a verdict. kFailed, and why on standard error, where a file cannot be read or
// written, where the runs differ in kind (unless `anyway`); kMissed by `fail_if_worse`.
int ShowComparison(const CompareRunsOptions& options, Terminal& terminal);

}  // namespace onebyone
