#include "engine/import/constant_budget.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::Status ConstantBudget::Take(DataType type, const Shape& shape) {
  ASSIGN_OR_RETURN(const int64_t elements, shape.CheckedElements());
  const int64_t bytes = elements * static_cast<int64_t>(SizeOf(type));
  if (bytes > max_bytes_ - taken_bytes_) {
    return absl::InvalidArgumentError(absl::StrCat("want at most ", max_bytes_, " bytes of constants together, got ",
                                                   taken_bytes_, " and ", bytes, " more for ", NameOf(type),
                                                   shape.ToString()));
  }
  taken_bytes_ += bytes;
  return absl::OkStatus();
}

}  // namespace onebyone
