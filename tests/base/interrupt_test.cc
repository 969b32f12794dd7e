#include "engine/base/interrupt.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "absl/synchronization/notification.h"

namespace onebyone {
namespace {

// In a process of its own: signals belong to a whole process, and other tests leave threads behind.
class InterruptDeathTest : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

[[noreturn]] void EndAfterTheFirst(int signal) {
  absl::Notification called;
  {
    const Interrupt interrupt([&called] { called.Notify(); });
    kill(getpid(), signal);
    called.WaitForNotification();
  }
  std::exit(7);
}

[[noreturn]] void TakeTwo(int signal) {
  absl::Notification called;
  const Interrupt interrupt([&called] { called.Notify(); });
  kill(getpid(), signal);
  called.WaitForNotification();
  kill(getpid(), signal);
  while (true) pause();
}

TEST_P(InterruptDeathTest, CallsBackAtTheFirstSignal) {
  EXPECT_EXIT(EndAfterTheFirst(GetParam()), ::testing::ExitedWithCode(7), "");
}

// As of a library that begins threads before main(): they have blocked nothing.
[[noreturn]] void SendToAnEarlierThread(int signal, int times) {
  std::thread earlier([] {
    while (true) pause();
  });
  absl::Notification called;
  {
    const Interrupt interrupt([&called] { called.Notify(); });
    pthread_kill(earlier.native_handle(), signal);
    called.WaitForNotification();
    if (times > 1) pthread_kill(earlier.native_handle(), signal);
    while (times > 1) pause();
  }
  std::_Exit(7);
}

TEST_P(InterruptDeathTest, TakesWhatReachesAThreadThatWasThereBefore) {
  EXPECT_EXIT(SendToAnEarlierThread(GetParam(), 1), ::testing::ExitedWithCode(7), "");
  EXPECT_EXIT(SendToAnEarlierThread(GetParam(), 2), ::testing::KilledBySignal(GetParam()), "");
}

TEST_P(InterruptDeathTest, LetsTheSecondSignalEndTheProgram) {
  EXPECT_EXIT(TakeTwo(GetParam()), ::testing::KilledBySignal(GetParam()), "");
}

INSTANTIATE_TEST_SUITE_P(All, InterruptDeathTest, ::testing::Values(SIGINT, SIGTERM));

TEST(Interrupt, EndsWithoutASignal) {
  bool called = false;
  {
    const Interrupt interrupt([&called] { called = true; });
  }
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace onebyone
