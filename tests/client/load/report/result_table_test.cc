#include "client/load/report/result_table.h"

#include <gmock/gmock.h>

#include "tests/client/load/report/made_run.h"

namespace onebyone {
namespace {

using ::onebyone::testing::MadeRun;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ResultTable, TellsAnOpenLoopInWhole) {
  EXPECT_EQ(ResultTable(MadeRun()),
            "onebyone load: open loop, poisson, 200/s, 60.0 s, seed 7\n"
            "target      127.0.0.1:50051, onebyone, plaintext\n"
            "server      onebyone-server 0.1.0\n"
            "model       nano, version 1\n"
            "work        inception_4c/output, 16 channels, float32, folder photos, 31 pictures, 2.40 MB\n"
            "machine     bench-1, EPYC, 2 CPUs, Linux 6.1\n"
            "by          onebyone 0.1.0, g++ 12.2\n"
            "measured    60.0 s from 2026-11-30 00:53:20 UTC\n"
            "warm-up     5.0 s, stable after 5 windows; last broken by window 2: p99 +31 %\n"
            "\n"
            "requests    12,000 due, 12,000 sent; 12 late by more than 1 ms, worst 4.10 ms\n"
            "throughput  offered 200.0/s, achieved 199.8/s, good 199.3/s\n"
            "bytes       out 934 MB (15.6 MB/s), in 94.8 MB (1.58 MB/s)\n"
            "client      31.0 % of 2 CPUs\n"
            "answers     OK 11,970 (99.8 %)\n"
            "            RESOURCE_EXHAUSTED 30 (0.25 %): the queue is full\n"
            "\n"
            "latency, ms  from intention  95 % interval  from sending\n"
            "p50                    4.20   4.10 to 4.30          4.10\n"
            "p99.9                  40.0              -          40.0\n"
            "max                    65.5                         61.2\n"
            "mean                   4.90                         4.90\n"
            "min                    1.08                         1.08\n"
            "std. dev.              2.90                         2.90\n"
            "p99.99 is refused: needs 100,000 samples, has 11,970\n"
            "\n"
            "stage, ms                     mean     p50     p99\n"
            "server: queue                0.800   0.300    6.00\n"
            "server: decode               0.500   0.500    1.20\n"
            "server: preprocess           0.100   0.100   0.200\n"
            "server: network               1.90    1.80    2.60\n"
            "server: reduce              0.0500  0.0500  0.0800\n"
            "server: encode              0.0500  0.0500  0.0500\n"
            "client: whole                 4.90    4.10    40.0\n"
            "client: outside the server    1.50   0.900    4.00\n");
}

TEST(ResultTable, HasOneLatencyForAClosedLoop) {
  LoadResult run = MadeRun();
  run.plan.loop = LoopKind::kClosed;
  run.plan.schedule = "4 at a time";
  const std::string text = ResultTable(run);
  EXPECT_THAT(text, HasSubstr("onebyone load: closed loop, 4 at a time, 60.0 s, seed 7\n"));
  EXPECT_THAT(text, HasSubstr("12,000 started, 12,000 sent\n"));
  EXPECT_THAT(text, HasSubstr("throughput  achieved 199.8/s, good 199.3/s\n"));
  EXPECT_THAT(text, HasSubstr("latency, ms  from sending  95 % interval\n"));
  EXPECT_THAT(text, Not(HasSubstr("from intention")));
}

TEST(ResultTable, TellsStepsAndOutcomes) {
  LoadResult run = MadeRun();
  LoadStep kept;
  kept.asked = 240;
  kept.achieved_per_s = 239.9;
  kept.p50_ms = 4.1;
  kept.p99_ms = 44.2;
  LoadStep broken = kept;
  broken.asked = 250;
  broken.p99_ms = 61.5;
  broken.error_share = 0.002;
  broken.kept = false;
  broken.why = "p99 61.5 ms";
  run.steps = {kept, broken};
  run.capacity = FoundCapacity{
      .objective = "p99 <= 50 ms", .per_s = 240, .broken_per_s = 250, .concurrency = 0, .note = "confirmed"};
  run.replay = ReplayOutcome{
      .record = "monday.record", .compared = 100, .changed = 1, .examples = {{17, "cat.jpg", "aa", "bb"}}};
  run.checks = {{"p99>50ms", "p99 61.5 ms", true}, {"errors>1%", "errors 0.2 %", false}};
  run.warnings = {"the client was the bottleneck"};
  run.ended = "interrupted";
  EXPECT_THAT(ResultTable(run), HasSubstr("\n"
                                          "offered  achieved  p50, ms  p90, ms  p99, ms  errors  objective\n"
                                          "240.0/s   239.9/s     4.10        -     44.2  0.00 %  kept\n"
                                          "250.0/s   239.9/s     4.10        -     61.5  0.20 %  broken: p99 61.5 ms\n"
                                          "\n"
                                          "capacity: 240.0/s keeps p99 <= 50 ms; 250.0/s does not (confirmed)\n"
                                          "replay: 1 of 100 answers differ from monday.record\n"
                                          "  request 17, cat.jpg: recorded aa, got bb\n"
                                          "FAILED: p99 61.5 ms; fails if p99>50ms\n"
                                          "passed: errors 0.2 %; fails if errors>1%\n"
                                          "warning: the client was the bottleneck\n"
                                          "warning: the run ended early: interrupted\n"));
}

TEST(ResultTable, TellsNoLatencyWhereNothingWasAnswered) {
  LoadResult run = MadeRun();
  run.codes = {{"UNAVAILABLE", 50, "no route"}};
  run.from_intention = run.from_sending = {};
  run.server_stages.clear();
  const std::string text = ResultTable(run);
  EXPECT_THAT(text, HasSubstr("answers     UNAVAILABLE 50 (100.0 %): no route\n"));
  EXPECT_THAT(text, HasSubstr("No request was answered OK: there is no latency to tell.\n"));
  EXPECT_THAT(text, Not(HasSubstr("p50")));
}

}  // namespace
}  // namespace onebyone
