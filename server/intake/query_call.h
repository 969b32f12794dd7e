#pragma once

#include <grpcpp/impl/codegen/proto_utils.h>

#include <exception>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/grpc_status.h"
#include "server/intake/intake.h"
#include "server/intake/message_check.h"
#include "server/intake/unary_call.h"

namespace onebyone {

// A call that asks for something that is known: answered at once, with what `fill` says. Its message is small.
template <typename Request, typename Response>
class QueryCall final : public UnaryCall {
 public:
  using Fill = std::function<absl::Status(const Request& request, Response& response)>;

  QueryCall(grpc::CallbackServerContext& call, grpc::ByteBuffer& answer, Intake& intake, Fill fill)
      : UnaryCall(call, intake.uploads), answer_(answer), intake_(intake), fill_(std::move(fill)) {}

 private:
  static constexpr size_t kMostBytes = 64 << 10;

  void Begin(grpc::ByteBuffer message) override {
    absl::Status status;
    try {
      status = Answer(message);
    } catch (const std::exception& error) {  // no memory
      status = absl::ResourceExhaustedError(absl::StrCat("the request could not be answered: ", error.what()));
    }
    Finish(FinishingStatus(status, call()));
  }

  absl::Status Answer(grpc::ByteBuffer& message) {
    if (message.Length() > kMostBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("a message of this method may have at most ", kMostBytes, " bytes, got ", message.Length()));
    }
    Request request;
    RETURN_IF_ERROR(ReadMessage(message, intake_.rules.query(), request));
    message.Clear();
    Response response;
    RETURN_IF_ERROR(fill_(request, response));
    bool own_buffer = false;
    if (!grpc::SerializationTraits<Response>::Serialize(response, &answer_, &own_buffer).ok()) {
      return absl::InternalError("the answer could not be put into wire form");
    }
    return absl::OkStatus();
  }

  grpc::ByteBuffer& answer_;
  Intake& intake_;
  const Fill fill_;
};

}  // namespace onebyone
