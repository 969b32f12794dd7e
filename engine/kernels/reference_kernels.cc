#include "engine/kernels/reference_kernels.h"

#include <array>
#include <new>
#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/concat/reference_concat.h"
#include "engine/kernels/conv/reference_conv.h"
#include "engine/kernels/elementwise/reference_activation.h"
#include "engine/kernels/elementwise/reference_arithmetic.h"
#include "engine/kernels/elementwise/reference_batch_normalization.h"
#include "engine/kernels/elementwise/reference_cast.h"
#include "engine/kernels/elementwise/reference_copy.h"
#include "engine/kernels/elementwise/reference_quantize_linear.h"
#include "engine/kernels/lrn/reference_lrn.h"
#include "engine/kernels/matrix/reference_gemm.h"
#include "engine/kernels/matrix/reference_matmul.h"
#include "engine/kernels/pool/reference_pool.h"
#include "engine/kernels/reduce/reference_global_pool.h"
#include "engine/kernels/reduce/reference_reduce_mean.h"
#include "engine/kernels/reduce/reference_softmax.h"
#include "engine/kernels/reference_call.h"
#include "engine/kernels/shape/reference_pad.h"
#include "engine/kernels/shape/reference_transpose.h"

namespace onebyone {
namespace {

constexpr size_t kAny = ~size_t{0};

struct Row {
  OpType op;
  size_t required_inputs;
  size_t most_inputs;
  size_t most_outputs;
  ReferenceFunction function;
};

// In the order of OpType.
constexpr std::array<Row, kOpTypes> kTable = {{
    {OpType::kConv, 2, 3, 1, &ReferenceConv},
    {OpType::kBatchNormalization, 5, 5, 1, &ReferenceBatchNormalization},
    {OpType::kRelu, 1, 1, 1, &ReferenceActivation},
    {OpType::kLeakyRelu, 1, 1, 1, &ReferenceActivation},
    {OpType::kClip, 1, 1, 1, &ReferenceActivation},
    {OpType::kSigmoid, 1, 1, 1, &ReferenceActivation},
    {OpType::kMaxPool, 1, 1, 2, &ReferenceMaxPool},
    {OpType::kAveragePool, 1, 1, 1, &ReferenceAveragePool},
    {OpType::kGlobalAveragePool, 1, 1, 1, &ReferenceGlobalAveragePool},
    {OpType::kGlobalMaxPool, 1, 1, 1, &ReferenceGlobalMaxPool},
    {OpType::kLrn, 1, 1, 1, &ReferenceLrn},
    {OpType::kConcat, 1, kAny, 1, &ReferenceConcat},
    {OpType::kAdd, 2, 2, 1, &ReferenceAdd},
    {OpType::kMul, 2, 2, 1, &ReferenceMul},
    {OpType::kSum, 1, kAny, 1, &ReferenceAdd},
    {OpType::kGemm, 2, 3, 1, &ReferenceGemm},
    {OpType::kMatMul, 2, 2, 1, &ReferenceMatMul},
    {OpType::kFlatten, 1, 1, 1, &ReferenceCopy},
    {OpType::kReshape, 1, 2, 1, &ReferenceCopy},  // newer networks give the shape or axes as a second input too,
    {OpType::kSqueeze, 1, 2, 1, &ReferenceCopy},  // which the output's shape has already followed
    {OpType::kUnsqueeze, 1, 2, 1, &ReferenceCopy},
    {OpType::kTranspose, 1, 1, 1, &ReferenceTranspose},
    {OpType::kSoftmax, 1, 1, 1, &ReferenceSoftmax},
    {OpType::kDropout, 1, 3, 2, &ReferenceDropout},  // ratio and training mode do not matter in inference
    {OpType::kIdentity, 1, 1, 1, &ReferenceCopy},
    {OpType::kPad, 1, 2, 1, &ReferencePad},
    {OpType::kCast, 1, 1, 1, &ReferenceCast},
    {OpType::kReduceMean, 1, 1, 1, &ReferenceReduceMean},
    {OpType::kDequantizeLinear, 2, 3, 1, &ReferenceDequantizeLinear},
    {OpType::kQuantizeLinear, 2, 3, 1, &ReferenceQuantizeLinear},
}};

constexpr bool IsInOrder() {
  for (size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<size_t>(kTable[i].op) != i) return false;
  }
  return true;
}
static_assert(IsInOrder(), "kTable: want one row for each operator, in the order of OpType");

absl::Status CheckCounts(const Row& row, const ReferenceCall& call) {
  const size_t inputs = call.inputs.size();
  if (inputs < row.required_inputs || inputs > row.most_inputs) {
    const std::string most = row.most_inputs == kAny ? "any number of" : absl::StrCat(row.most_inputs);
    return call.Invalid(absl::StrCat("want ", row.required_inputs, " to ", most, " inputs, got ", inputs));
  }
  if (call.outputs.empty() || call.outputs.size() > row.most_outputs) {
    return call.Invalid(absl::StrCat("want 1 to ", row.most_outputs, " outputs, got ", call.outputs.size()));
  }
  const size_t required = row.most_inputs == kAny ? inputs : row.required_inputs;
  for (size_t i = 0; i < required; ++i) {
    RETURN_IF_ERROR(call.inputs[i].shape.CheckedElements().status());
    if (!call.HasInput(i) && call.inputs[i].shape.Elements() > 0) {
      return call.Invalid(absl::StrCat("input ", i, ": want elements, got none"));
    }
  }
  RETURN_IF_ERROR(call.outputs[0].shape.CheckedElements().status());
  if (!call.HasOutput(0) && call.outputs[0].shape.Elements() > 0) {
    return call.Invalid("output 0: want memory, got none");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunReference(OpType op, const Attributes& attributes, absl::Span<const ConstTensorView> inputs,
                          absl::Span<const TensorView> outputs) {
  const ReferenceCall call{op, attributes, inputs, outputs};
  const Row& row = kTable[static_cast<size_t>(op)];
  RETURN_IF_ERROR(CheckCounts(row, call));
  try {
    return row.function(call);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat(NameOf(op), ": no memory for the sums of the reference kernel"));
  } catch (const std::length_error&) {
    return absl::ResourceExhaustedError(absl::StrCat(NameOf(op), ": sums of the reference kernel are too long"));
  }
}

}  // namespace onebyone
