#include "client/load/report/perf_csv.h"

#include <gtest/gtest.h>

#include "tests/client/load/report/made_run.h"

namespace onebyone {
namespace {

using ::onebyone::testing::MadeRun;

// queue 0.8, decode and preprocess 0.6, network 1.9, reduce and encode 0.1: of 4.9 ms 1.5 are left for the network.
TEST(PerfCsv, OfARunIsOneRowInMicroseconds) {
  EXPECT_EQ(PerfCsv(MadeRun()),
            "Request Rate,Inferences/Second,Client Send,Network+Server Send/Recv,Server Queue,Server Compute Input,"
            "Server Compute Infer,Server Compute Output,Client Recv,p50 latency,p90 latency,p95 latency,p99 latency\n"
            "200,199.3,0,1500,800,600,1900,100,0,4200,,,\n");
}

TEST(PerfCsv, LeavesTheServerOutWhereItIsSilent) {
  LoadResult run = MadeRun();
  run.plan.loop = LoopKind::kClosed;
  run.plan.concurrency = 4;
  run.server_stages.clear();
  EXPECT_EQ(PerfCsv(run),
            "Concurrency,Inferences/Second,Client Send,Client Recv,p50 latency,p90 latency,p95 latency,p99 latency\n"
            "4,199.3,0,0,4100,,,\n");
}

TEST(PerfCsv, SortsStepsByThroughput) {
  LoadResult run = MadeRun();
  run.step_kind = StepKind::kConcurrency;
  LoadStep two;
  two.asked = 2;
  two.achieved_per_s = 200;
  two.p50_ms = 9;
  LoadStep one;
  one.asked = 1;
  one.achieved_per_s = 110.256;
  one.p50_ms = 8.5;
  one.p90_ms = 10;
  one.p95_ms = 11;
  one.p99_ms = 12;
  run.steps = {two, one};
  EXPECT_EQ(PerfCsv(run),
            "Concurrency,Inferences/Second,Client Send,Client Recv,p50 latency,p90 latency,p95 latency,p99 latency\n"
            "1,110.26,0,0,8500,10000,11000,12000\n"
            "2,200,0,0,9000,,,\n");
}

}  // namespace
}  // namespace onebyone
