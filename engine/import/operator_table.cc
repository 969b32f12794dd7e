#include "engine/import/operator_table.h"

#include <algorithm>
#include <iterator>

namespace onebyone {
namespace {

constexpr OperatorRow kOperators[] = {
    {"Add", 6, &ParseAdd},
    {"AveragePool", 1, &ParseAveragePool},
    {"BatchNormalization", 6, &ParseBatchNormalization},
    {"Cast", 6, &ParseCast},
    {"Clip", 6, &ParseClip},
    {"Concat", 4, &ParseConcat},
    {"Constant", 1, &ParseConstant},
    {"ConstantOfShape", 9, &ParseConstantOfShape},
    {"Conv", 1, &ParseConv},
    {"DequantizeLinear", 10, &ParseDequantizeLinear},
    {"Dropout", 6, &ParseDropout},
    {"Flatten", 1, &ParseFlatten},
    {"Gemm", 6, &ParseGemm},
    {"GlobalAveragePool", 1, &ParseGlobalAveragePool},
    {"GlobalMaxPool", 1, &ParseGlobalMaxPool},
    {"Identity", 1, &ParseIdentity},
    {"LRN", 1, &ParseLrn},
    {"LeakyRelu", 6, &ParseLeakyRelu},
    {"MatMul", 1, &ParseMatMul},
    {"MaxPool", 1, &ParseMaxPool},
    {"Mul", 6, &ParseMul},
    {"Pad", 2, &ParsePad},
    {"QLinearConv", 10, &ParseQLinearConv},
    {"QuantizeLinear", 10, &ParseQuantizeLinear},
    {"ReduceMean", 1, &ParseReduceMean},
    {"Relu", 6, &ParseRelu},
    {"Reshape", 5, &ParseReshape},
    {"Sigmoid", 6, &ParseSigmoid},
    {"Softmax", 1, &ParseSoftmax},
    {"Squeeze", 1, &ParseSqueeze},
    {"Sum", 6, &ParseSum},
    {"Transpose", 1, &ParseTranspose},
    {"Unsqueeze", 1, &ParseUnsqueeze},
};

}  // namespace

const OperatorRow* FindOperator(absl::string_view name) {
  const auto* found = std::find_if(std::begin(kOperators), std::end(kOperators),
                                   [&](const OperatorRow& row) { return row.name == name; });
  return found == std::end(kOperators) ? nullptr : found;
}

}  // namespace onebyone
