// Answers for which there is no memory, by an allocator that refuses certain sizes: a program of its own.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "tests/server/service_fixture.h"

namespace {

std::atomic<std::size_t> least_refused{0};
std::atomic<std::size_t> most_refused{0};

}  // namespace

__attribute__((noinline)) void* operator new(std::size_t size) {
  if (size >= least_refused && size <= most_refused) throw std::bad_alloc();
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
// For the standard library's temporary buffers, which are given back like the others.
__attribute__((noinline)) void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}
__attribute__((noinline)) void operator delete(void* memory) noexcept { std::free(memory); }
__attribute__((noinline)) void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace onebyone {
namespace {

using ::onebyone::testing::Service;

// A picture with a long id, and no memory for what is a little longer: the result that echoes it, in wire form.
class NoMemory : public Service {
 protected:
  static constexpr std::size_t kIdBytes = 3'000'000;

  v1::ExtractFeaturesRequest Request() const {
    v1::ExtractFeaturesRequest request;
    request.add_images()->set_content(picture_);
    request.mutable_images(0)->set_id(std::string(kIdBytes, 'x'));
    return request;
  }
  static void Refuse(bool on) {
    most_refused = on ? kIdBytes + 2000 : 0;
    least_refused = on ? kIdBytes + 8 : 1;
  }
  void TearDown() override { Refuse(false); }
};

TEST_F(NoMemory, FailsTheRequestOfAStreamAndNothingElse) {
  grpc::ClientContext context;
  const auto stream = stub_->StreamFeatures(&context);
  v1::StreamFeaturesRequest request;
  request.set_request_id("seven");
  *request.mutable_request() = Request();
  const grpc::WriteOptions options;
  v1::StreamFeaturesResponse response;
  ASSERT_TRUE(stream->Write(request, options));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status().code(), 0) << response.status().message();

  Refuse(true);
  ASSERT_TRUE(stream->Write(request, options));
  ASSERT_TRUE(stream->Read(&response));
  Refuse(false);
  EXPECT_EQ(response.request_id(), "seven");
  EXPECT_EQ(response.status().code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << response.status().message();

  *request.mutable_request() = Request();
  ASSERT_TRUE(stream->Write(request, options));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status().code(), 0) << response.status().message();
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace onebyone
