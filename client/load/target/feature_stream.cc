#include "client/load/target/feature_stream.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/rpc_status.h"

namespace onebyone {
namespace {

constexpr char kMethod[] = "/onebyone.v1.FeatureExtraction/StreamFeatures";

}  // namespace

std::shared_ptr<FeatureStream> FeatureStream::Open(grpc::GenericStub& stub, const std::string& authorization,
                                                   std::shared_ptr<const FeatureMessages> messages,
                                                   std::function<void()> ended) {
  std::shared_ptr<FeatureStream> stream(new FeatureStream(std::move(messages), std::move(ended)));
  stream->self_ = stream;
  if (!authorization.empty()) stream->context_.AddMetadata("authorization", authorization);
  stub.PrepareBidiStreamingCall(&stream->context_, kMethod, grpc::StubOptions(), stream.get());
  stream->AddHold();  // until OnReadDone(false): requests are written from outside of gRPC's calls
  stream->StartRead(&stream->read_);
  stream->StartCall();
  return stream;
}

bool FeatureStream::Send(const PlannedCall& call, absl::Time deadline, LoadTarget::Done& done, int64_t& bytes) {
  {
    absl::MutexLock lock(&mutex_);
    if (over_) return false;
    const int64_t id = next_id_++;
    to_write_.push_back(messages_->StreamRequest(absl::StrCat(id), call));
    bytes = static_cast<int64_t>(to_write_.back().Length());
    pending_.emplace(id, Pending{call, deadline, std::move(done)});
    if (writing_) return true;
    writing_ = true;
    written_ = std::move(to_write_.front());
    to_write_.pop_front();
    AddHold();  // the stream may end between here and StartWrite
  }
  StartWrite(&written_);
  RemoveHold();
  return true;
}

void FeatureStream::OnWriteDone(bool ok) {
  {
    absl::MutexLock lock(&mutex_);
    if (!ok || over_ || to_write_.empty()) {
      writing_ = false;
      return;
    }
    written_ = std::move(to_write_.front());
    to_write_.pop_front();
  }
  StartWrite(&written_);
}

void FeatureStream::OnReadDone(bool ok) {
  if (!ok) {
    {
      absl::MutexLock lock(&mutex_);
      over_ = true;
    }
    RemoveHold();
    return;
  }
  CallOutcome outcome;
  std::string request_id;
  int64_t pictures = 0;
  int64_t id = -1;
  if (!messages_->ReadStreamAnswer(std::move(read_), request_id, outcome, pictures) ||
      !absl::SimpleAtoi(request_id, &id)) {
    context_.TryCancel();  // whose answer it was is not known, so none of this stream can be trusted
  }
  Pending answered;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = pending_.find(id);
    if (found != pending_.end()) {  // else its deadline has passed
      answered = std::move(found->second);
      pending_.erase(found);
    }
  }
  if (answered.done) {
    FeatureMessages::CheckCount(answered.call, pictures, outcome);
    answered.done(std::move(outcome));
  }
  read_.Clear();
  StartRead(&read_);
}

void FeatureStream::ExpireOverdue(absl::Time now) {
  std::vector<LoadTarget::Done> overdue;
  {
    absl::MutexLock lock(&mutex_);
    absl::erase_if(pending_, [&](auto& entry) {
      if (entry.second.deadline > now) return false;
      overdue.push_back(std::move(entry.second.done));
      return true;
    });
  }
  for (LoadTarget::Done& done : overdue) {
    done({.code = grpc::StatusCode::DEADLINE_EXCEEDED, .message = "not answered within --deadline"});
  }
}

void FeatureStream::OnDone(const grpc::Status& status) {
  absl::flat_hash_map<int64_t, Pending> pending;
  {
    absl::MutexLock lock(&mutex_);
    over_ = true;
    pending = std::exchange(pending_, {});
  }
  CallOutcome outcome = {.code = status.error_code(), .message = std::string(StatusFromCall(status).message())};
  if (status.ok()) outcome = {.code = grpc::StatusCode::UNAVAILABLE, .message = "the server ended the stream"};
  for (auto& [id, request] : pending) request.done(outcome);
  const std::function<void()> ended = std::move(ended_);
  self_.reset();
  ended();
}

}  // namespace onebyone
