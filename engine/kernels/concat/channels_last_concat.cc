#include "engine/kernels/concat/channels_last_concat.h"

#include <cstring>
#include <numeric>
#include <utility>

namespace onebyone {
namespace {

class BoundConcat : public BoundKernel {
 public:
  BoundConcat(int64_t pixels, const std::vector<int64_t>& part_bytes, absl::Span<const void* const> inputs,
              void* output)
      : pixels_(pixels), part_bytes_(part_bytes), output_(static_cast<uint8_t*>(output)) {
    for (const void* input : inputs) inputs_.push_back(static_cast<const uint8_t*>(input));
    whole_bytes_ = std::accumulate(part_bytes_.begin(), part_bytes_.end(), int64_t{0});
  }

  // Part by part: each is read in order, and its reads and writes are two streams, which hardware prefetches.
  absl::Status Run() override {
    uint8_t* part = output_;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const auto bytes = static_cast<size_t>(part_bytes_[i]);
      const uint8_t* from = inputs_[i];
      uint8_t* to = part;
      for (int64_t pixel = 0; pixel < pixels_; ++pixel, from += bytes, to += whole_bytes_) std::memcpy(to, from, bytes);
      part += bytes;
    }
    return absl::OkStatus();
  }

 private:
  const int64_t pixels_;
  const std::vector<int64_t> part_bytes_;
  int64_t whole_bytes_ = 0;
  std::vector<const uint8_t*> inputs_;
  uint8_t* const output_;
};

class ChannelsLastConcat : public Kernel {
 public:
  ChannelsLastConcat(int64_t pixels, std::vector<int64_t> part_bytes)
      : pixels_(pixels), part_bytes_(std::move(part_bytes)) {}

  absl::StatusOr<std::unique_ptr<BoundKernel>> Bind(absl::Span<const void* const> inputs,
                                                    absl::Span<void* const> outputs, void* /*scratch*/) const override {
    return std::make_unique<BoundConcat>(pixels_, part_bytes_, inputs, outputs.front());
  }

 private:
  const int64_t pixels_;
  const std::vector<int64_t> part_bytes_;
};

}  // namespace

std::shared_ptr<const Kernel> MakeChannelsLastConcat(int64_t pixels, std::vector<int64_t> channels,
                                                     int64_t element_bytes) {
  for (int64_t& count : channels) count *= element_bytes;
  return std::make_shared<const ChannelsLastConcat>(pixels, std::move(channels));
}

}  // namespace onebyone
