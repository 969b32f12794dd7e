#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace onebyone {

// A stretch of the warm-up.
struct WarmUpWindow {
  double seconds = 0;
  int64_t due = 0;            // calls that were due (open loop) or started (closed)
  std::vector<double> ok_ms;  // of calls answered OK in it, from sending
};

// Whether a warm-up has come to rest: the last kWindows windows agree in their median latency and in the rate of
// answers (in an open loop: in the share of what was due), within `tolerance` and what chance alone does to so few
// calls. Without a clock: windows are told to it. One thread at a time.
class StabilityJudge {
 public:
  static constexpr int kWindows = 3;
  enum class Rate { kAnswers, kShareOfDue };

  StabilityJudge(Rate rate, double tolerance) : rate_(rate), tolerance_(tolerance) {}

  void Add(const WarmUpWindow& window);

  bool stable() const { return windows_ >= kWindows && agreeing_ >= kWindows; }
  int64_t windows() const { return windows_; }
  // The last window that broke the stability, and how: "window 4: p50 8.1 ms, 31 % above window 2"; "": none did.
  const std::string& broken_by() const { return broken_by_; }

 private:
  struct Figures {
    int64_t number = 0;
    double p50_ms = 0;
    double rate = 0;
    double p50_noise = 0;  // relative standard errors
    double rate_noise = 0;
  };
  std::string Disagreement(const Figures& a, const Figures& b) const;

  const Rate rate_;
  const double tolerance_;
  std::vector<Figures> last_;  // at most kWindows
  int64_t windows_ = 0;
  int64_t agreeing_ = 0;  // windows up to the last one that agree with each other
  std::string broken_by_;
};

}  // namespace onebyone
