#include <gmock/gmock.h>
#include <sys/resource.h>

#include "tests/client/load/virtual_run.h"

namespace onebyone {
namespace {

using ::onebyone::testing::OpenPhases;
using ::onebyone::testing::RunVirtually;
using ::onebyone::testing::VirtualServer;
using ::onebyone::testing::VirtualTime;

double PeakMiB() {
  rusage use = {};
  getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_maxrss) / 1024;
}

// Samples, percentiles, intervals, windows: with all that a run of five million calls needs, from the first to the
// last.
TEST(LoadMemory, StaysBelow200MBForFiveMillionRequests) {
  VirtualTime time;
  int64_t answered = 0;
  VirtualServer server(time, [&answered](int64_t sent) { return sent + 1'000'000 + (++answered * 7919) % 5'000'000; });
  CallLog log;
  OpenLoop loop(OpenPhases(50'000, 100, Arrivals::kPoisson), 5000, server, time, log);
  const LoadResult result = RunVirtually(loop, LoopKind::kOpen, log, time);
  EXPECT_GT(result.due, 4'980'000);
  EXPECT_EQ(result.from_intention.count, result.due);
  EXPECT_TRUE(FindPercentile(result.from_intention, 99.99)->value_ms.has_value());
#ifndef ONEBYONE_SANITIZED
  EXPECT_LT(PeakMiB(), 200 / 1.048576);
#endif
  RecordProperty("peak_mib", static_cast<int>(PeakMiB()));
  std::cout << "peak " << PeakMiB() << " MiB\n";
}

}  // namespace
}  // namespace onebyone
