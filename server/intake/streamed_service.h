#pragma once

#include <grpcpp/impl/service_type.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/intake/unary_call.h"

namespace onebyone {

// A gRPC service that gets its messages as bytes, and begins each call when its headers are there. gRPC's generated
// services begin a unary call when its message is there and parsed: nothing could end one that dribbles, nor look at a
// message before memory is taken for it. On the wire both are the same, for a unary method is one with a stream of
// exactly one message.
class StreamedService : public grpc::Service {
 protected:
  using Stream = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

  // `name`: package.Service.
  explicit StreamedService(absl::string_view name) : name_(name) {}

  // Each call makes a reactor, which deletes itself. A unary one fills `answer` before it finishes with OK.
  void AddUnary(absl::string_view method,
                std::function<UnaryCall*(grpc::CallbackServerContext& call, grpc::ByteBuffer& answer)> make);
  void AddStream(absl::string_view method, std::function<Stream*(grpc::CallbackServerContext& call)> make);

 private:
  void Add(absl::string_view method, grpc::internal::MethodHandler* handler);

  const std::string name_;
  std::deque<std::string> paths_;  // of which gRPC keeps the addresses
};

}  // namespace onebyone
