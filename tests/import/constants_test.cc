// How tensors are read from a file: every element type, both ways to store them, and what does not fit.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/import/model_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

// A graph that returns one initializer.
ModelBuilder Returning(const onnx::TensorProto& tensor) {
  ModelBuilder builder;
  builder.Initializer(tensor).Output(tensor.name());
  return builder;
}

struct StoredCase {
  const char* name;
  int32_t onnx_type;
  DataType type;
  std::string raw;                        // the elements 1 and 2 as bytes
  void (*add_typed)(onnx::TensorProto&);  // the same in the field of the type
};

void AddInt32(onnx::TensorProto& tensor) {
  tensor.add_int32_data(1);
  tensor.add_int32_data(2);
}
void AddUInt64(onnx::TensorProto& tensor) {
  tensor.add_uint64_data(1);
  tensor.add_uint64_data(2);
}
void AddInt64(onnx::TensorProto& tensor) {
  tensor.add_int64_data(1);
  tensor.add_int64_data(2);
}
void AddFloat(onnx::TensorProto& tensor) {
  tensor.add_float_data(1);
  tensor.add_float_data(2);
}
void AddDouble(onnx::TensorProto& tensor) {
  tensor.add_double_data(1);
  tensor.add_double_data(2);
}
void AddFloat16(onnx::TensorProto& tensor) {
  tensor.add_int32_data(0x3C00);
  tensor.add_int32_data(0x4000);
}
void AddBFloat16(onnx::TensorProto& tensor) {
  tensor.add_int32_data(0x3F80);
  tensor.add_int32_data(0x4000);
}

template <typename T>
std::string Bytes(T first, T second) {
  std::string bytes(2 * sizeof(T), '\0');
  std::memcpy(bytes.data(), &first, sizeof(T));
  std::memcpy(bytes.data() + sizeof(T), &second, sizeof(T));
  return bytes;
}

class StoredTensor : public ::testing::TestWithParam<StoredCase> {
 protected:
  static onnx::TensorProto Empty() {
    onnx::TensorProto tensor;
    tensor.set_name("t");
    tensor.set_data_type(GetParam().onnx_type);
    tensor.add_dims(2);
    return tensor;
  }
};

TEST_P(StoredTensor, IsReadFromRawBytes) {
  onnx::TensorProto tensor = Empty();
  tensor.set_raw_data(GetParam().raw);
  ASSERT_OK_AND_ASSIGN(const Graph graph, Returning(tensor).Import());
  EXPECT_EQ(graph.value(graph.FindValue("t")).type, GetParam().type);
  EXPECT_THAT(ConstantElements(graph, "t"), ElementsAre(1.0, 2.0));
}

TEST_P(StoredTensor, IsReadFromTheFieldOfItsType) {
  onnx::TensorProto tensor = Empty();
  GetParam().add_typed(tensor);
  ASSERT_OK_AND_ASSIGN(const Graph graph, Returning(tensor).Import());
  EXPECT_EQ(graph.value(graph.FindValue("t")).type, GetParam().type);
  EXPECT_THAT(ConstantElements(graph, "t"), ElementsAre(1.0, 2.0));
}

TEST_P(StoredTensor, IsRefusedWithOneByteTooFewOrTooMany) {
  for (const std::string& raw : {GetParam().raw.substr(1), GetParam().raw + std::string(1, '\0')}) {
    onnx::TensorProto tensor = Empty();
    tensor.set_raw_data(raw);
    EXPECT_THAT(Returning(tensor).Import(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("initializer 't'")));
  }
}

TEST_P(StoredTensor, IsRefusedWithElementsTooFewOrTooMany) {
  for (const int64_t promised : {1, 3}) {
    onnx::TensorProto tensor = Empty();
    tensor.set_dims(0, promised);
    GetParam().add_typed(tensor);
    EXPECT_THAT(Returning(tensor).Import(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("elements for")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Types, StoredTensor,
    ::testing::Values(
        StoredCase{"Float", onnx::TensorProto::FLOAT, DataType::kFloat32, Bytes(1.0F, 2.0F), &AddFloat},
        StoredCase{"Double", onnx::TensorProto::DOUBLE, DataType::kFloat64, Bytes(1.0, 2.0), &AddDouble},
        StoredCase{"Float16", onnx::TensorProto::FLOAT16, DataType::kFloat16, Bytes<uint16_t>(0x3C00, 0x4000),
                   &AddFloat16},
        StoredCase{"BFloat16", onnx::TensorProto::BFLOAT16, DataType::kBFloat16, Bytes<uint16_t>(0x3F80, 0x4000),
                   &AddBFloat16},
        StoredCase{"UInt8", onnx::TensorProto::UINT8, DataType::kUInt8, Bytes<uint8_t>(1, 2), &AddInt32},
        StoredCase{"Int8", onnx::TensorProto::INT8, DataType::kInt8, Bytes<int8_t>(1, 2), &AddInt32},
        StoredCase{"UInt16", onnx::TensorProto::UINT16, DataType::kUInt16, Bytes<uint16_t>(1, 2), &AddInt32},
        StoredCase{"Int16", onnx::TensorProto::INT16, DataType::kInt16, Bytes<int16_t>(1, 2), &AddInt32},
        StoredCase{"UInt32", onnx::TensorProto::UINT32, DataType::kUInt32, Bytes<uint32_t>(1, 2), &AddUInt64},
        StoredCase{"Int32", onnx::TensorProto::INT32, DataType::kInt32, Bytes<int32_t>(1, 2), &AddInt32},
        StoredCase{"UInt64", onnx::TensorProto::UINT64, DataType::kUInt64, Bytes<uint64_t>(1, 2), &AddUInt64},
        StoredCase{"Int64", onnx::TensorProto::INT64, DataType::kInt64, Bytes<int64_t>(1, 2), &AddInt64}),
    [](const auto& test) { return test.param.name; });

TEST(StoredBool, IsTrueForAnyByteButZero) {
  onnx::TensorProto tensor;
  tensor.set_name("t");
  tensor.set_data_type(onnx::TensorProto::BOOL);
  tensor.add_dims(3);
  tensor.set_raw_data(std::string("\0\x01\x7F", 3));
  EXPECT_THAT(ConstantElements(*Returning(tensor).Import(), "t"), ElementsAre(0, 1, 1));
  tensor.clear_raw_data();
  for (const int number : {0, 1, 256}) tensor.add_int32_data(number);
  EXPECT_THAT(ConstantElements(*Returning(tensor).Import(), "t"), ElementsAre(0, 1, 1));
}

TEST(StoredSmallIntegers, AreRefusedOutOfTheirRange) {
  for (const auto& [type, number] : {std::pair<int32_t, int32_t>{onnx::TensorProto::UINT8, 256},
                                     {onnx::TensorProto::UINT8, -1},
                                     {onnx::TensorProto::INT8, 128},
                                     {onnx::TensorProto::UINT16, 65536},
                                     {onnx::TensorProto::FLOAT16, 65536}}) {
    onnx::TensorProto tensor;
    tensor.set_name("t");
    tensor.set_data_type(type);
    tensor.add_int32_data(number);
    EXPECT_THAT(Returning(tensor).Import(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want elements of")))
        << type << " " << number;
  }
}

TEST(StoredTensorShapes, AreCheckedBeforeMemoryIsTaken) {
  const std::vector<std::vector<int64_t>> hostile = {{-1},
                                                     {-2, -2},
                                                     {int64_t{1} << 40, int64_t{1} << 40},
                                                     {int64_t{1} << 62, 4},
                                                     {1'000'000'000},
                                                     std::vector<int64_t>(33, 1)};
  for (const std::vector<int64_t>& dims : hostile) {
    const int64_t made = AlignedBuffer::TotalCreated();
    EXPECT_THAT(Returning(FloatTensor("t", dims, {1.0F})).Import(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("initializer 't'")));
    EXPECT_EQ(AlignedBuffer::TotalCreated(), made);
  }
}

TEST(StoredTensorShapes, MayBeEmpty) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Returning(FloatTensor("t", {0, 3}, {})).Import());
  EXPECT_EQ(graph.value(graph.FindValue("t")).shape, Shape({0, 3}));
}

TEST(ConstantLimit, CoversAllConstantsTogether) {
  ModelBuilder builder;
  builder.Zeros("a", {100}).Zeros("b", {100}).Output("a");
  OnnxImportOptions options;
  options.max_constant_bytes = 800;
  EXPECT_THAT(builder.Import(options), IsOk());
  options.max_constant_bytes = 799;
  EXPECT_THAT(builder.Import(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("799 bytes of constants")));
}

TEST(ConstantLimit, CoversComputedConstantsBeforeMemoryIsTaken) {
  ModelBuilder builder(9);
  onnx::TensorProto shape = Int64Tensor("shape", {2}, {40'000, 40'000});
  builder.Initializer(shape).Output("y");
  builder.Node("ConstantOfShape", {"shape"}, {"y"});
  OnnxImportOptions options;
  options.max_constant_bytes = 1'000'000;
  EXPECT_THAT(builder.Import(options), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("node 'y'")));
}

TEST(ConstantNode, TakesEveryFormOfValue) {
  const auto constant = [](const auto& set_value) {
    ModelBuilder builder(13);
    builder.Output("y");
    set_value(builder.Node("Constant", {}, {"y"}));
    const absl::StatusOr<Graph> graph = builder.Import();
    EXPECT_THAT(graph, IsOk());
    const Value& value = graph->value(graph->FindValue("y"));
    EXPECT_EQ(graph->node_count(), 0);
    return std::make_tuple(value.type, value.shape.ToString(), ConstantElements(*graph, "y"));
  };
  using Elements = std::vector<double>;
  EXPECT_EQ(constant([](auto& node) {
              Set(node, "value", FloatTensor("", {1, 2}, {3, 4}));
            }),
            std::make_tuple(DataType::kFloat32, std::string("[1, 2]"), Elements{3, 4}));
  EXPECT_EQ(constant([](auto& node) { Set(node, "value_float", 2.5F); }),
            std::make_tuple(DataType::kFloat32, std::string("[]"), Elements{2.5}));
  EXPECT_EQ(constant([](auto& node) {
              Set(node, "value_floats", std::vector<float>{1, 2});
            }),
            std::make_tuple(DataType::kFloat32, std::string("[2]"), Elements{1, 2}));
  EXPECT_EQ(constant([](auto& node) { Set(node, "value_int", 7); }),
            std::make_tuple(DataType::kInt64, std::string("[]"), Elements{7}));
  EXPECT_EQ(constant([](auto& node) {
              Set(node, "value_ints", std::vector<int64_t>{7, 8, 9});
            }),
            std::make_tuple(DataType::kInt64, std::string("[3]"), Elements{7, 8, 9}));
}

TEST(ConstantNode, WantsExactlyOneValue) {
  ModelBuilder none(13);
  none.Output("y").Node("Constant", {}, {"y"});
  EXPECT_THAT(none.Import(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want one value, got 0")));
  Set(none.graph().mutable_node()->at(0), "value_int", 1);
  Set(none.graph().mutable_node()->at(0), "value_float", 1.0F);
  EXPECT_THAT(none.Import(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want one value, got 2")));
}

TEST(ConstantOfShapeNode, FillsWithItsValueOrZero) {
  ModelBuilder builder(9);
  builder.Initializer(Int64Tensor("shape", {2}, {2, 3})).Output("ones").Output("zeros");
  Set(builder.Node("ConstantOfShape", {"shape"}, {"ones"}), "value", Int64Tensor("", {1}, {1}));
  builder.Node("ConstantOfShape", {"shape"}, {"zeros"});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_EQ(graph.value(graph.FindValue("ones")).type, DataType::kInt64);
  EXPECT_THAT(ConstantElements(graph, "ones"), ElementsAreArray(std::vector<double>(6, 1.0)));
  EXPECT_EQ(graph.value(graph.FindValue("zeros")).type, DataType::kFloat32);
  EXPECT_EQ(graph.value(graph.FindValue("zeros")).shape, Shape({2, 3}));
  EXPECT_THAT(ConstantElements(graph, "zeros"), ElementsAreArray(std::vector<double>(6, 0.0)));
}

TEST(ConstantOfShapeNode, RefusesNegativeExtents) {
  ModelBuilder builder(9);
  builder.Initializer(Int64Tensor("shape", {2}, {2, -3})).Output("y");
  builder.Node("ConstantOfShape", {"shape"}, {"y"});
  EXPECT_THAT(builder.Import(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("extents from 0 on")));
}

}  // namespace
}  // namespace onebyone::testing
