#include "client/load/target/stream_target.h"

#include <utility>

#include "absl/time/clock.h"

namespace onebyone {

StreamTarget::StreamTarget(const LoadChannels& channels, std::shared_ptr<const FeatureMessages> messages,
                           absl::Duration deadline)
    : authorization_(channels.authorization), messages_(std::move(messages)), deadline_(deadline) {
  for (const auto& channel : channels.channels) stubs_.push_back(std::make_unique<grpc::GenericStub>(channel));
  absl::MutexLock lock(&mutex_);
  streams_.resize(stubs_.size());
}

StreamTarget::~StreamTarget() {
  CancelAll();
  absl::MutexLock lock(&mutex_);
  streams_.clear();
  mutex_.Await(absl::Condition(
      +[](int64_t* open) { return *open == 0; }, &open_));
}

std::shared_ptr<FeatureStream> StreamTarget::StreamOf(size_t place, const std::shared_ptr<FeatureStream>& broken) {
  {
    absl::MutexLock lock(&mutex_);
    if (streams_[place] != nullptr && streams_[place] != broken) return streams_[place];
    ++open_;
  }
  const auto opened = FeatureStream::Open(*stubs_[place], authorization_, messages_, [this] {
    absl::MutexLock lock(&mutex_);
    --open_;
  });
  absl::MutexLock lock(&mutex_);
  streams_[place] = opened;
  return opened;
}

int64_t StreamTarget::Start(const PlannedCall& call, Done done) {
  size_t place = 0;
  {
    absl::MutexLock lock(&mutex_);
    place = next_++ % stubs_.size();
  }
  const absl::Time deadline = absl::Now() + deadline_;
  std::shared_ptr<FeatureStream> stream = StreamOf(place, nullptr);
  int64_t bytes = 0;
  while (!stream->Send(call, deadline, done, bytes)) stream = StreamOf(place, stream);
  return bytes;
}

std::vector<std::shared_ptr<FeatureStream>> StreamTarget::Streams() {
  absl::MutexLock lock(&mutex_);
  return streams_;
}

void StreamTarget::CancelAll() {
  for (const auto& stream : Streams()) {
    if (stream != nullptr) stream->Cancel();
  }
}

void StreamTarget::ExpireOverdue() {
  const absl::Time now = absl::Now();
  for (const auto& stream : Streams()) {
    if (stream != nullptr) stream->ExpireOverdue(now);
  }
}

}  // namespace onebyone
