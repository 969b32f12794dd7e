#pragma once

#include <memory>
#include <vector>

#include "engine/graph/shape_inference.h"
#include "engine/kernels/kernel.h"
#include "engine/op/attributes.h"
#include "engine/op/op_type.h"

namespace onebyone {

// The plain reference of an operator as a kernel of a plan: for element types, ranks and forms that have no fast
// kernel. `inputs`: an absent optional input is told by null data at Bind.
std::shared_ptr<const Kernel> MakeReferenceKernel(OpType op, const Attributes& attributes,
                                                  std::vector<ValueInfo> inputs, std::vector<ValueInfo> outputs);

}  // namespace onebyone
