#pragma once

#include <CLI/CLI.hpp>

#include "client/load/report/report_files.h"
#include "client/load/report/run_watch.h"

namespace onebyone {

// --json, --csv, --hgrm, --html.
void AddReportFlags(CLI::App& command, ReportFiles& files);

// --metrics-listen, --metrics-push.
void AddWatchFlags(CLI::App& command, RunWatchOptions& options);

}  // namespace onebyone
