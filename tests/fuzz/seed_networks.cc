#include "tests/fuzz/seed_networks.h"

#include <cstdint>

#include "tests/import/model_builder.h"

namespace onebyone::testing {
namespace {

using Bytes = std::string;

onnx::TensorProto Scalar(const std::string& name, int32_t type, int32_t value) {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(type);
  tensor.add_int32_data(value);
  return tensor;
}

// Small numbers that differ, so that nothing cancels.
onnx::TensorProto Weights(const std::string& name, const std::vector<int64_t>& dims) {
  int64_t elements = 1;
  for (const int64_t extent : dims) elements *= extent;
  std::vector<float> numbers;
  for (int64_t i = 0; i < elements; ++i) numbers.push_back(0.02F * static_cast<float>(i * 7 % 23) - 0.2F);
  return FloatTensor(name, dims, numbers);
}

void Window(onnx::NodeProto& node, std::vector<int64_t> kernel, std::vector<int64_t> strides,
            std::vector<int64_t> pads) {
  Set(node, "kernel_shape", kernel);
  Set(node, "strides", strides);
  Set(node, "pads", pads);
}

// Convolutions, normalizations and pools with a classifier behind, as of GoogLeNet.
Bytes Classifier() {
  ModelBuilder builder(9);
  builder.Input("image", {1, 3, 12, 12}).Initializer(Weights("w1", {4, 3, 3, 3})).Initializer(Weights("b1", {4}));
  Window(builder.Node("Conv", {"image", "w1", "b1"}, {"conv1"}), {3, 3}, {2, 2}, {1, 1, 1, 1});
  builder.Node("Relu", {"conv1"}, {"relu1"});
  Set(builder.Node("LRN", {"relu1"}, {"lrn1"}), "size", 5);
  Window(builder.Node("MaxPool", {"lrn1"}, {"pool1"}), {3, 3}, {2, 2}, {0, 0, 1, 1});
  builder.Initializer(Weights("wa", {2, 4, 1, 1})).Initializer(Weights("wb", {3, 4, 3, 3}));
  builder.Node("Conv", {"pool1", "wa"}, {"a"});
  Window(builder.Node("Conv", {"pool1", "wb"}, {"b"}), {3, 3}, {1, 1}, {1, 1, 1, 1});
  Set(builder.Node("Concat", {"a", "b"}, {"block"}), "axis", 1);
  Set(builder.Node("Dropout", {"block"}, {"dropped"}), "ratio", 0.4F);
  builder.Node("GlobalAveragePool", {"dropped"}, {"pooled"});
  builder.Initializer(Int64Tensor("form", {2}, {1, -1})).Node("Reshape", {"pooled", "form"}, {"flat"});
  builder.Initializer(Weights("wd", {6, 5})).Initializer(Weights("bd", {6}));
  onnx::NodeProto& gemm = builder.Node("Gemm", {"flat", "wd", "bd"}, {"dense"});
  Set(gemm, "transB", 1);
  Set(gemm, "alpha", 0.5F);
  Set(builder.Node("Softmax", {"dense"}, {"probabilities"}), "axis", 1);
  return builder.Output("probabilities").Output("block").Serialize();
}

// Batch normalization, a shortcut, a free batch and means over axes.
Bytes Residual() {
  ModelBuilder builder(13);
  builder.Input("image", {-1, 3, 8, 8}).Initializer(Weights("w1", {4, 3, 3, 3}));
  Window(builder.Node("Conv", {"image", "w1"}, {"conv1"}), {3, 3}, {1, 1}, {1, 1, 1, 1});
  for (const char* name : {"scale", "shift", "mean"}) builder.Initializer(Weights(name, {4}));
  builder.Initializer(FloatTensor("variance", {4}, {1, 2, 3, 4}));
  builder.Node("BatchNormalization", {"conv1", "scale", "shift", "mean", "variance"}, {"norm"});
  Set(builder.Node("LeakyRelu", {"norm"}, {"leaky"}), "alpha", 0.1F);
  onnx::NodeProto& depthwise =
      builder.Initializer(Weights("w2", {4, 1, 3, 3})).Node("Conv", {"leaky", "w2"}, {"conv2"});
  Window(depthwise, {3, 3}, {1, 1}, {1, 1, 1, 1});
  Set(depthwise, "group", 4);
  builder.Node("Add", {"conv2", "leaky"}, {"sum"});
  builder.Initializer(FloatTensor("low", {}, {0})).Initializer(FloatTensor("high", {}, {6}));
  builder.Node("Clip", {"sum", "low", "high"}, {"clipped"});
  builder.Initializer(Weights("times", {4, 1, 1})).Node("Mul", {"clipped", "times"}, {"scaled"});
  builder.Node("Sigmoid", {"scaled"}, {"gate"});
  builder.Node("Sum", {"gate", "scaled", "clipped"}, {"three"});
  onnx::NodeProto& average = builder.Node("AveragePool", {"three"}, {"averaged"});
  Set(average, "kernel_shape", std::vector<int64_t>{2, 2});
  Set(average, "auto_pad", "SAME_UPPER");
  onnx::NodeProto& reduced = builder.Node("ReduceMean", {"averaged"}, {"reduced"});
  Set(reduced, "axes", std::vector<int64_t>{2, 3});
  Set(reduced, "keepdims", 0);
  builder.Initializer(Weights("wd", {4, 3})).Node("MatMul", {"reduced", "wd"}, {"y"});
  return builder.Output("y").Serialize();
}

// Everything that changes nothing but the form.
Bytes Shapes() {
  ModelBuilder builder(13);
  builder.Input("image", {1, 2, 5, 6});
  builder.Initializer(Int64Tensor("pads", {8}, {0, 0, 1, 1, 0, 0, 0, 1}));
  Set(builder.Node("Pad", {"image", "pads"}, {"padded"}), "mode", "reflect");
  Set(builder.Node("Transpose", {"padded"}, {"turned"}), "perm", std::vector<int64_t>{0, 2, 3, 1});
  Set(builder.Node("Transpose", {"turned"}, {"back"}), "perm", std::vector<int64_t>{0, 3, 1, 2});
  builder.Node("GlobalMaxPool", {"back"}, {"pooled"});
  builder.Initializer(Int64Tensor("axes", {2}, {2, 3})).Node("Squeeze", {"pooled", "axes"}, {"squeezed"});
  builder.Node("Unsqueeze", {"squeezed", "axes"}, {"unsqueezed"});
  builder.Node("Identity", {"unsqueezed"}, {"same"});
  Set(builder.Node("Cast", {"same"}, {"cast"}), "to", int64_t{onnx::TensorProto::FLOAT});
  Set(builder.Node("Flatten", {"cast"}, {"y"}), "axis", 1);
  return builder.Output("y").Serialize();
}

// Weights that are computed at load.
Bytes Constants() {
  ModelBuilder builder(13);
  builder.Input("image", {1, 2, 4, 4});
  Set(builder.Node("Constant", {}, {"w"}), "value", Weights("", {2, 2, 1, 1}));
  builder.Node("Conv", {"image", "w"}, {"conv"});
  builder.Initializer(Int64Tensor("dims", {1}, {2}));
  Set(builder.Node("ConstantOfShape", {"dims"}, {"ones"}), "value", FloatTensor("", {1}, {1}));
  builder.Initializer(Int64Tensor("form", {3}, {2, 1, 1})).Node("Reshape", {"ones", "form"}, {"shift"});
  builder.Node("Add", {"conv", "shift"}, {"y"});
  return builder.Output("y").Serialize();
}

Bytes Quantized() {
  ModelBuilder builder(13);
  builder.Input("image", {1, 2, 4, 4}).Initializer(FloatTensor("scale", {}, {0.05F}));
  builder.Initializer(Scalar("zero", onnx::TensorProto::UINT8, 128))
      .Initializer(Scalar("no", onnx::TensorProto::INT8, 0));
  builder.Node("QuantizeLinear", {"image", "scale", "zero"}, {"bytes"});
  onnx::TensorProto weights;
  weights.set_name("w");
  weights.set_data_type(onnx::TensorProto::INT8);
  for (const int64_t extent : {3, 2, 1, 1}) weights.add_dims(extent);
  for (const int32_t number : {5, -7, 127, -128, 0, 33}) weights.add_int32_data(number);
  builder.Initializer(weights);
  builder.Node("QLinearConv", {"bytes", "scale", "zero", "w", "scale", "no", "scale", "zero"}, {"conv"});
  builder.Node("DequantizeLinear", {"conv", "scale", "zero"}, {"y"});
  return builder.Output("y").Serialize();
}

// Weights as bytes, in the types that files of half the size have.
Bytes HalfPrecision() {
  ModelBuilder builder(13);
  builder.Input("image", {1, 1, 3, 3});
  onnx::TensorProto half;
  half.set_name("half");
  half.set_data_type(onnx::TensorProto::FLOAT16);
  for (const int64_t extent : {2, 1, 1, 1}) half.add_dims(extent);
  half.set_raw_data(std::string("\x00\x3c\x00\xbc", 4));
  builder.Initializer(half);
  Set(builder.Node("Cast", {"half"}, {"w"}), "to", int64_t{onnx::TensorProto::FLOAT});
  builder.Node("Conv", {"image", "w"}, {"y"});
  return builder.Output("y").Serialize();
}

// The same with its floats as bytes, as PyTorch writes them.
Bytes WithRawFloats(const Bytes& file) {
  onnx::ModelProto model;
  model.ParseFromString(file);
  for (onnx::TensorProto& tensor : *model.mutable_graph()->mutable_initializer()) {
    if (tensor.float_data().empty()) continue;
    const auto& floats = tensor.float_data();
    tensor.set_raw_data(floats.data(), floats.size() * sizeof(float));
    tensor.clear_float_data();
  }
  return model.SerializeAsString();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> SeedNetworks() {
  return {{"classifier.onnx", Classifier()},
          {"residual.onnx", Residual()},
          {"shapes.onnx", Shapes()},
          {"constants.onnx", Constants()},
          {"quantized.onnx", Quantized()},
          {"half.onnx", HalfPrecision()},
          {"raw_classifier.onnx", WithRawFloats(Classifier())}};
}

}  // namespace onebyone::testing
