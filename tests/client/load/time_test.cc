// In real time, against a server in a process of its own, as a user has it. What is measured has a closed form.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/load/report/result_json.h"
#include "engine/base/file.h"
#include "tests/client/load/delay_server.h"
#include "tests/client/run_program.h"
#include "tests/client/scratch_folder.h"

namespace onebyone {
namespace {

using ::onebyone::testing::ProgramRun;
using ::onebyone::testing::RunOnebyone;
using ::onebyone::testing::ScratchFolder;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

auto Within5Percent(double wanted) { return AllOf(Ge(wanted * 0.95), Le(wanted * 1.05)); }

// The program delay_server, until the end of the test.
class DelayProcess {
 public:
  DelayProcess(const ScratchFolder& scratch, const std::vector<std::string>& flags) {
    const std::string port_file = scratch / "port";
    std::vector<std::string> words = {absl::StrCat(std::getenv("ONEBYONE_BIN"), "/delay_server"), "--port-file",
                                      port_file};
    words.insert(words.end(), flags.begin(), flags.end());
    process_ = fork();
    if (process_ == 0) {
      std::vector<char*> arguments;
      for (std::string& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    for (int i = 0; i < 500 && !std::filesystem::exists(port_file); ++i) absl::SleepFor(absl::Milliseconds(20));
    target_ = absl::StrCat("127.0.0.1:", scratch.Read("port"));
  }
  ~DelayProcess() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  // As a stalled machine: nothing runs.
  void Freeze(absl::Duration length) {
    kill(process_, SIGSTOP);
    absl::SleepFor(length);
    kill(process_, SIGCONT);
  }
  const std::string& target() const { return target_; }

 private:
  pid_t process_ = -1;
  std::string target_;
};

LoadResult Load(const ScratchFolder& scratch, const std::string& target, std::vector<std::string> arguments,
                int wanted_code = 0) {
  std::vector<std::string> all = {"load", "--server", target, "--synthetic", "32x32", "--json", scratch / "run.json"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const ProgramRun run = RunOnebyone(all);
  EXPECT_EQ(run.exit_code, wanted_code) << run.err << run.out;
  std::cout << run.out;
  auto result = ParseResultJson(scratch.Read("run.json"));
  return result.ok() ? *result : LoadResult();
}

constexpr absl::Duration kStall = absl::Seconds(2);

TEST(RealTime, AnOpenLoopShowsAStallAsItWas) {
  const ScratchFolder scratch;
  DelayProcess server(scratch, {"--service-ms", "5"});
  std::thread staller([&server] {
    absl::SleepFor(absl::Seconds(9));
    server.Freeze(kStall);
  });
  const LoadResult result =
      Load(scratch, server.target(), {"--rate", "200", "--arrivals", "constant", "--duration", "20", "--warm-up", "0"});
  staller.join();
  EXPECT_EQ(result.due, 4000);
  EXPECT_THAT(result.from_intention.max_ms, Within5Percent(2000));
  EXPECT_THAT(*FindPercentile(result.from_intention, 99)->value_ms, Within5Percent(2000 - 40 * 5));
  EXPECT_THAT(*FindPercentile(result.from_intention, 50)->value_ms, AllOf(Ge(5), Le(8)));
}

TEST(RealTime, AClosedLoopShowsTheSameStallOnce) {
  const ScratchFolder scratch;
  DelayProcess server(scratch, {"--service-ms", "5"});
  std::thread staller([&server] {
    absl::SleepFor(absl::Seconds(9));
    server.Freeze(kStall);
  });
  const LoadResult result =
      Load(scratch, server.target(), {"--concurrency", "1", "--duration", "20", "--warm-up", "0"});
  staller.join();
  EXPECT_THAT(result.from_sending.max_ms, Within5Percent(2000));
  EXPECT_THAT(*FindPercentile(result.from_sending, 99)->value_ms, Le(20));
  int slow = 0;
  for (const LoadWindow& window : result.windows) slow += window.max_ms.value_or(0) > 500 ? 1 : 0;
  EXPECT_EQ(slow, 1);
}

TEST(RealTime, TwoThousandRequestsASecondAreOffered) {
  const ScratchFolder scratch;
  DelayProcess server(scratch, {});
  const LoadResult result =
      Load(scratch, server.target(), {"--rate", "2000", "--arrivals", "constant", "--duration", "10"});
  EXPECT_THAT(result.offered_per_s, AllOf(Ge(1980), Le(2020)));
  EXPECT_EQ(result.never_sent, 0);
  EXPECT_EQ(ErrorCount(result), 0);
}

TEST(RealTime, ARateAboveWhatTheClientCanSendIsWarnedOf) {
  const ScratchFolder scratch;
  DelayProcess server(scratch, {});
  const LoadResult result =
      Load(scratch, server.target(), {"--rate", "200000", "--duration", "3", "--warm-up", "0", "--deadline", "10"});
  EXPECT_THAT(result.warnings, ::testing::Contains(::testing::HasSubstr("the client was the bottleneck")));
}

// One lane of 5 ms does 200 a second. Evenly spaced requests wait for nobody below that, and for ever longer above.
class CapacityInRealTime : public ::testing::TestWithParam<int> {};
TEST_P(CapacityInRealTime, OfAFixedServiceTimeIsFound) {
  const ScratchFolder scratch;
  DelayProcess server(scratch, {"--service-ms", "5", "--lanes", "1"});
  const LoadResult result = Load(scratch, server.target(),
                                 {"--find-capacity", "--slo", "p99=50ms", "--arrivals", "constant", "--trial", "3"});
  ASSERT_TRUE(result.capacity.has_value() && result.capacity->per_s.has_value());
  EXPECT_THAT(*result.capacity->per_s, Within5Percent(200));
}
INSTANTIATE_TEST_SUITE_P(ThreeTimes, CapacityInRealTime, ::testing::Range(0, 3));

// Three lanes of 10 ms: more than three callers only wait.
TEST(RealTime, TheKneeIsWhereTheLanesAreFull) {
  const ScratchFolder scratch;
  DelayProcess server(scratch, {"--service-ms", "10", "--lanes", "3"});
  const LoadResult result = Load(scratch, server.target(), {"--sweep", "1,2,3,6,12", "--trial", "2"});
  EXPECT_EQ(result.capacity->concurrency, 3);
  EXPECT_THAT(*result.capacity->per_s, AllOf(Ge(150), Le(300)));
}

}  // namespace
}  // namespace onebyone
