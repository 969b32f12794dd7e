#include "engine/kernels/onednn/join_channels.h"

#include <cstring>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/kernels/onednn/layout.h"

namespace onebyone {

absl::StatusOr<std::shared_ptr<const Tensor>> JoinChannels(const std::vector<std::shared_ptr<const Tensor>>& parts,
                                                           int64_t channels) {
  if (parts.size() == 1 && parts.front()->shape()[0] == channels) return parts.front();
  Shape shape = parts.front()->shape();
  shape[0] = channels;
  ASSIGN_OR_RETURN(Tensor joined, Tensor::Create(DataType::kFloat32, shape));
  const int64_t row = joined.elements() / channels;
  int64_t at = 0;
  for (const std::shared_ptr<const Tensor>& part : parts) {
    std::memcpy(joined.As<float>() + at * row, part->data(), part->bytes());
    at += WholeBlocks(part->shape()[0]);
  }
  return std::make_shared<const Tensor>(std::move(joined));
}

}  // namespace onebyone
