#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace onebyone {

// A kernel whose operands have been fixed. Run computes; it allocates nothing. Not thread-safe.
class BoundKernel {
 public:
  virtual ~BoundKernel() = default;
  virtual absl::Status Run() = 0;
};

// One computation for fixed shapes, types and layouts, with its weights packed. Immutable and thread-safe.
class Kernel {
 public:
  virtual ~Kernel() = default;

  // Bytes of scratch memory that a run needs, aligned as AlignedBuffer.
  virtual int64_t scratch_bytes() const { return 0; }

  // `inputs` and `outputs` point to the operands in the order of the node; they and `scratch` stay where they are while
  // the bound kernel lives, which must not be longer than this kernel.
  virtual absl::StatusOr<std::unique_ptr<BoundKernel>> Bind(absl::Span<const void* const> inputs,
                                                            absl::Span<void* const> outputs, void* scratch) const = 0;
};

}  // namespace onebyone
