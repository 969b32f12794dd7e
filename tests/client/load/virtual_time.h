#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "client/load/run/load_clock.h"
#include "client/load/target/load_target.h"

namespace onebyone::testing {

// Time that passes only where somebody sleeps, and answers that come at their moments within it. For one thread.
class VirtualTime final : public LoadClock {
 public:
  int64_t NowNs() const override { return now_ns_; }
  void SleepUntil(int64_t ns) override {
    awake_ = false;
    while (!awake_ && !answers_.empty() && answers_.begin()->first <= ns) DeliverNext();
    if (!awake_ && ns > now_ns_) now_ns_ = ns;
  }
  void Wake() override { awake_ = true; }

  void At(int64_t ns, std::function<void()> answer) { answers_.emplace(ns, std::move(answer)); }
  // Until nothing is left to come.
  void DeliverAll() {
    while (!answers_.empty()) DeliverNext();
  }

 private:
  void DeliverNext() {
    auto first = answers_.extract(answers_.begin());
    if (first.key() > now_ns_) now_ns_ = first.key();
    first.mapped()();
  }

  int64_t now_ns_ = 1'000'000'000;
  bool awake_ = false;
  std::multimap<int64_t, std::function<void()>> answers_;
};

// A server without a network, whose answers come when `answer_at(sent_ns)` says.
class VirtualServer final : public LoadTarget {
 public:
  VirtualServer(VirtualTime& time, std::function<int64_t(int64_t)> answer_at)
      : time_(time), answer_at_(std::move(answer_at)) {}

  int64_t Start(const PlannedCall&, Done done) override {
    ++calls_;
    auto shared = std::make_shared<Done>(std::move(done));
    time_.At(answer_at_(time_.NowNs()), [shared] { (*shared)({}); });
    return 100;
  }
  void CancelAll() override {}
  int64_t calls() const { return calls_; }

 private:
  VirtualTime& time_;
  const std::function<int64_t(int64_t)> answer_at_;
  int64_t calls_ = 0;
};

}  // namespace onebyone::testing
