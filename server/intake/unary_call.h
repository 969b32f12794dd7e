#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>

#include "server/intake/uploads.h"

namespace onebyone {

// A unary call that takes its message itself: it begins when its headers are there, and ends with DEADLINE_EXCEEDED
// where its message does not come whole in time. For the client it is a unary call like any other. Deletes itself when
// gRPC has no more use for it.
class UnaryCall : public grpc::ServerReadReactor<grpc::ByteBuffer>, private Upload {
 public:
  UnaryCall(grpc::CallbackServerContext& call, Uploads& uploads);

  void OnReadDone(bool ok) final;
  void OnCancel() final;
  void OnDone() override { delete this; }

 protected:
  // The message has come. Finish is to be called once, now or later; after that nothing of this may be touched.
  virtual void Begin(grpc::ByteBuffer message) = 0;

  // The client has gone. Called once at most, after Begin has returned.
  virtual void Cancel() {}

  grpc::CallbackServerContext& call() { return call_; }

 private:
  void CancelOnce();
  void EndUpload(const absl::Status& why) final;

  grpc::CallbackServerContext& call_;
  Uploads& uploads_;
  grpc::ByteBuffer message_;
  std::atomic<bool> has_begun_ = false;
  std::atomic<bool> is_cancelled_ = false;
  std::atomic<bool> cancel_is_called_ = false;
};

}  // namespace onebyone
