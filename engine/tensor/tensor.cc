#include "engine/tensor/tensor.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<Tensor> Tensor::Create(DataType type, const Shape& shape) {
  ASSIGN_OR_RETURN(const int64_t elements, shape.CheckedElements());
  ASSIGN_OR_RETURN(AlignedBuffer buffer, AlignedBuffer::Create(static_cast<size_t>(elements) * SizeOf(type)));
  return Tensor(type, shape, std::make_shared<AlignedBuffer>(std::move(buffer)));
}

absl::StatusOr<Tensor> Tensor::Reshaped(const Shape& shape) const {
  ASSIGN_OR_RETURN(const int64_t elements, shape.CheckedElements());
  if (elements != this->elements()) {
    return absl::InvalidArgumentError(absl::StrCat("reshape: want ", this->elements(), " elements as in ",
                                                   shape_.ToString(), ", got ", shape.ToString()));
  }
  return Tensor(type_, shape, buffer_);
}

}  // namespace onebyone
