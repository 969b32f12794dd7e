#include "server/security/accepted_connections.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace onebyone {
namespace {

using Verdict = AcceptedConnections::Verdict;

constexpr int64_t kMostBlockBytes = 1000;

// A message as recvmsg fills it, with the kernel's word of what is left where `unread` is not negative.
class Message {
 public:
  Message(std::string bytes, int unread) : bytes_(std::move(bytes)) {
    // In two parts, as gRPC reads.
    parts_[0] = {bytes_.data(), bytes_.size() / 2};
    parts_[1] = {bytes_.data() + parts_[0].iov_len, bytes_.size() - parts_[0].iov_len};
    message_.msg_iov = parts_;
    message_.msg_iovlen = 2;
    if (unread < 0) return;
    message_.msg_control = control_;
    message_.msg_controllen = sizeof(control_);
    cmsghdr* const part = CMSG_FIRSTHDR(&message_);
    part->cmsg_level = SOL_TCP;
    part->cmsg_type = TCP_CM_INQ;
    part->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(part), &unread, sizeof(int));
  }

  msghdr& get() { return message_; }
  auto size() const { return static_cast<ssize_t>(bytes_.size()); }

 private:
  std::string bytes_;
  iovec parts_[2] = {};
  alignas(cmsghdr) char control_[CMSG_SPACE(sizeof(int))] = {};
  msghdr message_ = {};
};

class AcceptedConnectionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets_), 0);
    connections_.Add(sockets_[0], kMostBlockBytes);
  }
  void TearDown() override {
    for (const int socket : sockets_) close(socket);
  }

  Verdict Take(Message message) { return connections_.Take(sockets_[0], message.get(), message.size()); }

  int sockets_[2] = {};
  AcceptedConnections connections_;
};

const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const std::string kTooLong = kPreface + std::string("\0\x04\0\x01\0\0\0\0\x01", 9);

// At least so many bytes of pings.
std::string FramesWithoutCall(int64_t bytes) {
  constexpr absl::string_view kPing(
      "\0\0\x08\x06\0\0\0\0\0"
      "01234567",
      17);
  std::string pings;
  while (static_cast<int64_t>(pings.size()) < bytes) absl::StrAppend(&pings, kPing);
  return pings;
}

std::string BeginningOfCall(uint8_t stream) {
  constexpr absl::string_view kToStream("\0\0\x01\x01\x04\0\0\0", 8);
  return absl::StrCat(kToStream, std::string(1, static_cast<char>(stream)), "\x82");
}

TEST_F(AcceptedConnectionsTest, ThatSendTooLongHeadersAreToBeClosed) {
  EXPECT_EQ(Take({kTooLong.substr(0, 30), 100}), Verdict::kGoOn);
  EXPECT_EQ(Take({kTooLong.substr(30), 0}), Verdict::kTooLongHeaders);
  EXPECT_EQ(Take({"more", 0}), Verdict::kTooLongHeaders);
}

TEST_F(AcceptedConnectionsTest, PauseBehindSoManyBytesInWhichNoCallBegins) {
  EXPECT_EQ(Take({kPreface, 1}), Verdict::kGoOn);
  const std::string half = FramesWithoutCall(AcceptedConnections::kMostBytesWithoutCall / 2);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Take({half, 1}), Verdict::kGoOn);
    EXPECT_EQ(Take({half, 1}), Verdict::kPause);
  }
  for (uint8_t call = 1; call < 10; call += 2) {
    EXPECT_EQ(Take({absl::StrCat(half, BeginningOfCall(call)), 1}), Verdict::kGoOn);
  }
}

TEST_F(AcceptedConnectionsTest, NeedNoPauseWhereTheyMakeOne) {
  EXPECT_EQ(Take({kPreface, 1}), Verdict::kGoOn);
  const std::string half = FramesWithoutCall(AcceptedConnections::kMostBytesWithoutCall / 2);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Take({half, 1}), Verdict::kGoOn);
    EXPECT_EQ(Take({half, 0}), Verdict::kGoOn);  // nothing is left to be read
  }
  EXPECT_EQ(Take({half, 1}), Verdict::kGoOn);
  Message none("", 0);
  EXPECT_EQ(connections_.Take(sockets_[0], none.get(), -1), Verdict::kGoOn);  // there was nothing
  EXPECT_EQ(Take({half, 1}), Verdict::kGoOn);
}

TEST_F(AcceptedConnectionsTest, PauseBehindManyBytesOfAnyKind) {
  Message message(std::string(4 << 20, 'x'), 1);
  int64_t taken = message.size();
  while (connections_.Take(sockets_[0], message.get(), message.size()) == Verdict::kGoOn) taken += message.size();
  EXPECT_EQ(taken, AcceptedConnections::kBytesBetweenPauses);
}

TEST_F(AcceptedConnectionsTest, OfWhichTheKernelDoesNotTellCannotPause) {
  Message message(std::string(4 << 20, 'x'), -1);
  for (int64_t taken = 0; taken < 2 * AcceptedConnections::kBytesBetweenPauses; taken += message.size()) {
    ASSERT_EQ(connections_.Take(sockets_[0], message.get(), message.size()), Verdict::kGoOn);
  }
}

TEST_F(AcceptedConnectionsTest, SocketsThatNobodyAcceptedAreLeftAlone) {
  Message message(kTooLong, 0);
  EXPECT_EQ(connections_.Take(sockets_[1], message.get(), message.size()), Verdict::kGoOn);
}

TEST_F(AcceptedConnectionsTest, ALaterSocketWithTheSameDescriptorIsLeftAlone) {
  close(sockets_[0]);
  const int later = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(later, sockets_[0]);
  EXPECT_EQ(Take({kTooLong, 0}), Verdict::kGoOn);
  connections_.Add(later, kMostBlockBytes);
  EXPECT_EQ(Take({kTooLong, 0}), Verdict::kTooLongHeaders);
}

}  // namespace
}  // namespace onebyone
