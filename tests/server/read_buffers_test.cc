#include "server/read_buffers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace onebyone {
namespace {

using ::testing::StrEq;

class ReadBuffersTest : public ::testing::Test {
 protected:
  void TearDown() override { unsetenv("GRPC_EXPERIMENTS"); }
};

TEST_F(ReadBuffersTest, AreBoundedByAnExperimentLess) {
  unsetenv("GRPC_EXPERIMENTS");
  BoundReadBuffers();
  EXPECT_THAT(std::getenv("GRPC_EXPERIMENTS"), StrEq("-tcp_read_chunks"));
}

TEST_F(ReadBuffersTest, LeaveOtherExperimentsAsTheyAre) {
  setenv("GRPC_EXPERIMENTS", "tcp_rcv_lowat", 1);
  BoundReadBuffers();
  EXPECT_THAT(std::getenv("GRPC_EXPERIMENTS"), StrEq("tcp_rcv_lowat,-tcp_read_chunks"));
}

TEST_F(ReadBuffersTest, AreAsWhoeverStartsTheProcessSays) {
  setenv("GRPC_EXPERIMENTS", "tcp_read_chunks", 1);
  BoundReadBuffers();
  EXPECT_THAT(std::getenv("GRPC_EXPERIMENTS"), StrEq("tcp_read_chunks"));
}

}  // namespace
}  // namespace onebyone
