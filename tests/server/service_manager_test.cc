#include "server/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

// The other end: what a service manager hears.
class Listener {
 public:
  explicit Listener(const std::string& name) : file_(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(bind(file_, reinterpret_cast<const sockaddr*>(&address), size), 0) << name;
  }
  ~Listener() { close(file_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // The next word; empty where there is none.
  std::string Hear() const {
    std::array<char, 256> words = {};
    const ssize_t size = recv(file_, words.data(), words.size(), 0);
    return size <= 0 ? "" : std::string(words.data(), static_cast<size_t>(size));
  }

 private:
  const int file_;
};

TEST(ServiceManager, HearsThatTheServerIsReady) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/manager-", getpid());
  const Listener listener(path);
  EXPECT_THAT(ServiceManager(path).TellReady(), IsOk());
  EXPECT_EQ(listener.Hear(), "READY=1");
  unlink(path.c_str());
}

TEST(ServiceManager, HearsInTheAbstractNamespaceHowLongTheEndTakes) {
  const std::string name = absl::StrCat("@onebyone-test-", getpid());
  const Listener listener(name);
  EXPECT_THAT(ServiceManager(name).TellStopping(absl::Milliseconds(2500)), IsOk());
  EXPECT_EQ(listener.Hear(), "STOPPING=1\nEXTEND_TIMEOUT_USEC=2500000");
}

TEST(ServiceManager, AnEndWithoutABoundIsAYear) {
  const std::string name = absl::StrCat("@onebyone-test-year-", getpid());
  const Listener listener(name);
  EXPECT_THAT(ServiceManager(name).TellStopping(absl::InfiniteDuration()), IsOk());
  EXPECT_EQ(listener.Hear(), "STOPPING=1\nEXTEND_TIMEOUT_USEC=31536000000000");
}

TEST(ServiceManager, WithoutASocketNobodyIsTold) { EXPECT_THAT(ServiceManager("").TellReady(), IsOk()); }

TEST(ServiceManager, ASocketThatNobodyListensOnIsAnErrorThatNamesIt) {
  EXPECT_THAT(ServiceManager("/no/such/socket").TellReady(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/no/such/socket")));
  EXPECT_THAT(ServiceManager(std::string(200, 'x')).TellReady(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("too long")));
}

}  // namespace
}  // namespace onebyone
