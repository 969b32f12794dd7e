#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/load/report/load_result.h"

namespace onebyone {

enum class Verdict {
  kSame,     // no difference beyond noise, or one smaller than the tolerance
  kBetter,   // the second run, beyond noise
  kWorse,    // the second run, beyond noise
  kUnknown,  // too few samples or windows to tell
};

// One figure of both runs.
struct ComparedFigure {
  std::string name = {};  // "p99, ms", "good throughput, /s"
  std::optional<double> a = {};
  std::optional<double> b = {};
  std::optional<double> change = {};      // (b - a) / a; of shares b - a
  std::optional<Interval> interval = {};  // 99 % of the change of a typical window; of shares and rates of the whole
  bool is_share = false;                  // a and b are shares from 0 to 1
  Verdict verdict = Verdict::kUnknown;
  std::string how = {};  // what the verdict rests on, in words
};

struct Comparison {
  std::vector<std::string> refusals;  // differences in kind: figures do not mean the same
  std::vector<std::string>
      differences;  // in what was asked for or where: figures mean the same, but not only the server differs
  std::vector<std::string> cautions;  // about one of the runs: it ended early, its client was the bottleneck
  std::vector<std::string> versions;  // of what was compared
  std::vector<ComparedFigure> figures;
  Verdict verdict = Verdict::kUnknown;  // worse where one figure is; better where one is and none is worse
  std::string sentence;                 // the verdict in words
};

struct CompareOptions {
  double tolerance = 0.02;  // changes up to this share are as good as none
};

// The second run against the first. Figures are compared even where there are refusals; it is the caller's to show
// them. A latency differs where the Mann-Whitney test on the windows' percentiles says so with 99 % confidence, with
// fewer than 5 windows that have it where the runs' own intervals say so; a percentile that was refused is unknown.
Comparison CompareRuns(const LoadResult& a, const LoadResult& b, const CompareOptions& options = {});

// "same", "better", "worse", "cannot be told"
std::string VerdictText(Verdict verdict);

}  // namespace onebyone
