#include <gmock/gmock.h>

#include <algorithm>

#include "tests/client/load/virtual_run.h"

namespace onebyone {
namespace {

using ::onebyone::testing::ClosedPhases;
using ::onebyone::testing::OpenPhases;
using ::onebyone::testing::RunVirtually;
using ::onebyone::testing::VirtualServer;
using ::onebyone::testing::VirtualTime;
using ::testing::DoubleNear;

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kS = 1'000'000'000;

// Answers after 5 ms, but from second 8 to second 10 nothing is answered: what came in is answered at its end.
class StalledServer {
 public:
  explicit StalledServer(VirtualTime& time)
      : server(time, [start = time.NowNs()](int64_t sent) {
          const bool stalled = sent >= start + 8 * kS && sent < start + 10 * kS;
          return (stalled ? start + 10 * kS : sent) + 5 * kMs;
        }) {}
  VirtualServer server;
};

TEST(OpenLoop, SeesAStallInEveryCallThatItKeptWaiting) {
  VirtualTime time;
  StalledServer stalled(time);
  CallLog log;
  OpenLoop loop(OpenPhases(200, 20), 5000, stalled.server, time, log);
  const LoadResult result = RunVirtually(loop, LoopKind::kOpen, log, time);
  EXPECT_EQ(result.due, 4000);
  // 400 of 4,000 calls wait evenly between 0 and 2 s: the hundredth part of all begins at the fortieth longest.
  EXPECT_THAT(*FindPercentile(result.from_intention, 99)->value_ms, DoubleNear(2000 - 40 * 5 + 5, 1));
  EXPECT_THAT(result.from_intention.max_ms, DoubleNear(2005, 1));
  EXPECT_THAT(*FindPercentile(result.from_intention, 50)->value_ms, DoubleNear(5, 0.01));
  EXPECT_THAT(*FindPercentile(result.from_intention, 90)->value_ms, DoubleNear(5, 1));
}

TEST(ClosedLoop, SeesAStallOnce) {
  VirtualTime time;
  StalledServer stalled(time);
  CallLog log;
  ClosedLoop loop(ClosedPhases(20), 1, 0, stalled.server, time, log);
  const LoadResult result = RunVirtually(loop, LoopKind::kClosed, log, time);
  EXPECT_THAT(static_cast<double>(result.due), DoubleNear(18 / 0.005, 2));
  EXPECT_THAT(result.from_sending.max_ms, DoubleNear(2005, 6));
  EXPECT_THAT(*FindPercentile(result.from_sending, 99)->value_ms, DoubleNear(5, 0.01));
  const auto slow = std::count_if(result.windows.begin(), result.windows.end(),
                                  [](const LoadWindow& window) { return window.max_ms.value_or(0) > 100; });
  EXPECT_EQ(slow, 1);
}

TEST(OpenLoop, NeverSendsMoreThanItMayHaveInTheAirAndCountsTheRest) {
  VirtualTime time;
  VirtualServer server(time, [start = time.NowNs()](int64_t) { return start + 30 * kS; });  // answers nobody in time
  CallLog log;
  OpenLoop loop(OpenPhases(100, 10), 50, server, time, log);
  const LoadResult result = RunVirtually(loop, LoopKind::kOpen, log, time);
  EXPECT_EQ(result.due, 1000);
  EXPECT_EQ(result.sent, 50);
  EXPECT_EQ(result.never_sent, 950);
  EXPECT_EQ(server.calls(), 50);
  EXPECT_EQ(result.from_intention.count, 50);
  EXPECT_THAT(result.warnings,
              ::testing::Contains(::testing::HasSubstr("950 requests (95.0 %) were due but never sent")));
}

// A clock whose sleeps are too long, as on a busy machine.
class SleepyClock final : public LoadClock {
 public:
  explicit SleepyClock(VirtualTime& time) : time_(time) {}
  int64_t NowNs() const override { return time_.NowNs(); }
  void SleepUntil(int64_t ns) override { time_.SleepUntil(ns + 3 * kMs); }
  void Wake() override { time_.Wake(); }

 private:
  VirtualTime& time_;
};

TEST(OpenLoop, CountsLateSendingAgainstTheIntentionOnlyAndWarns) {
  VirtualTime time;
  SleepyClock clock(time);
  VirtualServer server(time, [](int64_t sent) { return sent + 2 * kMs; });
  CallLog log;
  OpenLoop loop(OpenPhases(100, 10), 5000, server, clock, log);
  const LoadResult result = RunVirtually(loop, LoopKind::kOpen, log, time);
  EXPECT_GE(result.late, 999);  // the first is due at once
  EXPECT_THAT(result.worst_late_ms, DoubleNear(3, 0.01));
  EXPECT_THAT(*FindPercentile(result.from_sending, 50)->value_ms, DoubleNear(2, 0.01));
  EXPECT_THAT(*FindPercentile(result.from_intention, 50)->value_ms, DoubleNear(5, 0.01));
  EXPECT_THAT(result.warnings, ::testing::Contains(::testing::HasSubstr("the client was the bottleneck")));
}

TEST(OpenLoop, OffersWhatWasAskedWhateverComesBack) {
  VirtualTime time;
  VirtualServer server(time, [](int64_t sent) { return sent + 700 * kMs; });
  CallLog log;
  OpenLoop loop(OpenPhases(500, 10), 5000, server, time, log);
  const LoadResult result = RunVirtually(loop, LoopKind::kOpen, log, time);
  EXPECT_THAT(result.offered_per_s, DoubleNear(500, 0.01));
  // What comes after the end was not achieved within it.
  EXPECT_THAT(result.achieved_per_s, DoubleNear(500 * 9.3 / 10, 1));
}

TEST(ClosedLoop, KeepsSoManyInTheAirAndThinks) {
  VirtualTime time;
  VirtualServer server(time, [](int64_t sent) { return sent + 10 * kMs; });
  CallLog log;
  ClosedLoop loop(ClosedPhases(10), 4, 30 * kMs, server, time, log);
  const LoadResult result = RunVirtually(loop, LoopKind::kClosed, log, time);
  EXPECT_THAT(result.offered_per_s, DoubleNear(4 / 0.040, 0.5));
  EXPECT_THAT(result.from_sending.max_ms, DoubleNear(10, 0.01));
}

TEST(Loops, KeepWarmUpCallsOutOfTheFigures) {
  VirtualTime time;
  int64_t calls = 0;
  OpenLoop* running = nullptr;
  VirtualServer server(time, [&](int64_t sent) {
    if (++calls == 300) running->EndWarmUp();
    return sent + (calls <= 300 ? 80 * kMs : 4 * kMs);
  });
  CallLog log;
  LoadPhases phases = OpenPhases(100, 10);
  phases.warm_up = std::move(OpenPhases(100, 1e6).measured);
  OpenLoop loop(std::move(phases), 5000, server, time, log);
  running = &loop;
  const LoadResult result = RunVirtually(loop, LoopKind::kOpen, log, time);
  EXPECT_EQ(result.due, 1000);
  EXPECT_THAT(result.from_intention.max_ms, DoubleNear(4, 0.01));
}

// What fails has a code and no latency.
class HalfBroken final : public LoadTarget {
 public:
  explicit HalfBroken(VirtualTime& time) : time_(time) {}
  int64_t Start(const PlannedCall& call, Done done) override {
    auto shared = std::make_shared<Done>(std::move(done));
    const bool fails = call.index % 2 == 1;
    time_.At(time_.NowNs() + (fails ? 1 : 20) * kMs, [shared, fails] {
      CallOutcome outcome;
      if (fails) outcome = {.code = 8, .message = "queue full"};
      (*shared)(outcome);
    });
    return 10;
  }
  void CancelAll() override {}

 private:
  VirtualTime& time_;
};

TEST(Loops, CountErrorsByCodeAndKeepThemOutOfLatency) {
  VirtualTime time;
  HalfBroken server(time);
  CallLog log;
  OpenLoop loop(OpenPhases(100, 10), 5000, server, time, log);
  const LoadResult result = RunVirtually(loop, LoopKind::kOpen, log, time);
  ASSERT_EQ(result.codes.size(), 2);
  EXPECT_EQ(result.codes[0].code, "OK");
  EXPECT_EQ(result.codes[0].count, 500);
  EXPECT_EQ(result.codes[1].code, "RESOURCE_EXHAUSTED");
  EXPECT_EQ(result.codes[1].count, 500);
  EXPECT_EQ(result.codes[1].example, "queue full");
  EXPECT_THAT(result.from_intention.min_ms, DoubleNear(20, 0.01));
  EXPECT_EQ(result.bytes_out, 10'000);
}

}  // namespace
}  // namespace onebyone
