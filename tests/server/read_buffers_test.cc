#include "server/read_buffers.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace onebyone {
namespace {

// In a process of its own, by its exit code: the environment is not to be changed beside other threads.
void ExpectExperiments(const std::string& before, const std::string& after) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv("GRPC_EXPERIMENTS", before.c_str(), /*replace=*/1);
        BoundReadBuffers();
        std::exit(std::getenv("GRPC_EXPERIMENTS") == after ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(ReadBuffers, AreBoundedByAnExperimentLess) { ExpectExperiments("", "-tcp_read_chunks"); }

TEST(ReadBuffers, LeaveOtherExperimentsAsTheyAre) {
  ExpectExperiments("tcp_rcv_lowat", "tcp_rcv_lowat,-tcp_read_chunks");
}

TEST(ReadBuffers, AreAsWhoeverStartsTheProcessSays) { ExpectExperiments("tcp_read_chunks", "tcp_read_chunks"); }

}  // namespace
}  // namespace onebyone
