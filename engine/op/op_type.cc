#include "engine/op/op_type.h"

namespace onebyone {

absl::string_view NameOf(OpType op) {
  switch (op) {
    case OpType::kConv: return "Conv";
    case OpType::kBatchNormalization: return "BatchNormalization";
    case OpType::kRelu: return "Relu";
    case OpType::kLeakyRelu: return "LeakyRelu";
    case OpType::kClip: return "Clip";
    case OpType::kSigmoid: return "Sigmoid";
    case OpType::kMaxPool: return "MaxPool";
    case OpType::kAveragePool: return "AveragePool";
    case OpType::kGlobalAveragePool: return "GlobalAveragePool";
    case OpType::kGlobalMaxPool: return "GlobalMaxPool";
    case OpType::kLrn: return "LRN";
    case OpType::kConcat: return "Concat";
    case OpType::kAdd: return "Add";
    case OpType::kMul: return "Mul";
    case OpType::kSum: return "Sum";
    case OpType::kGemm: return "Gemm";
    case OpType::kMatMul: return "MatMul";
    case OpType::kFlatten: return "Flatten";
    case OpType::kReshape: return "Reshape";
    case OpType::kSqueeze: return "Squeeze";
    case OpType::kUnsqueeze: return "Unsqueeze";
    case OpType::kTranspose: return "Transpose";
    case OpType::kSoftmax: return "Softmax";
    case OpType::kDropout: return "Dropout";
    case OpType::kIdentity: return "Identity";
    case OpType::kPad: return "Pad";
    case OpType::kCast: return "Cast";
    case OpType::kReduceMean: return "ReduceMean";
    case OpType::kDequantizeLinear: return "DequantizeLinear";
    case OpType::kQuantizeLinear: return "QuantizeLinear";
  }
  return "unknown";
}

}  // namespace onebyone
