#include "server/intake/streamed_service.h"

#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace onebyone {

void StreamedService::AddUnary(
    absl::string_view method,
    std::function<UnaryCall*(grpc::CallbackServerContext& call, grpc::ByteBuffer& answer)> make) {
  using Handler = grpc::internal::CallbackClientStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  Add(method, new Handler([make = std::move(make)](grpc::CallbackServerContext* call, grpc::ByteBuffer* answer)
                              -> grpc::ServerReadReactor<grpc::ByteBuffer>* { return make(*call, *answer); }));
}

void StreamedService::AddStream(absl::string_view method,
                                std::function<Stream*(grpc::CallbackServerContext& call)> make) {
  using Handler = grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  Add(method,
      new Handler([make = std::move(make)](grpc::CallbackServerContext* call) -> Stream* { return make(*call); }));
}

void StreamedService::Add(absl::string_view method, grpc::internal::MethodHandler* handler) {
  paths_.push_back(absl::StrCat("/", name_, "/", method));
  // Of both kinds: what counts is that gRPC does not wait for the first message.
  auto* const added =
      new grpc::internal::RpcServiceMethod(paths_.back().c_str(), grpc::internal::RpcMethod::BIDI_STREAMING, handler);
  added->SetServerApiType(grpc::internal::RpcServiceMethod::ApiType::CALL_BACK);
  AddMethod(added);  // takes it
}

}  // namespace onebyone
