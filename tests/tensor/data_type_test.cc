#include "engine/tensor/data_type.h"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace onebyone {
namespace {

constexpr DataType kTypes[] = {DataType::kFloat32, DataType::kFloat64, DataType::kFloat16, DataType::kBFloat16,
                               DataType::kUInt8,   DataType::kInt8,    DataType::kUInt16,  DataType::kInt16,
                               DataType::kUInt32,  DataType::kInt32,   DataType::kUInt64,  DataType::kInt64,
                               DataType::kBool};

class EveryDataType : public ::testing::TestWithParam<DataType> {};

TEST_P(EveryDataType, IsVisitedAsItsOwnCppType) {
  const DataType visited = VisitDataType(GetParam(), [](auto element) { return DataTypeOf<decltype(element)>::value; });
  EXPECT_EQ(visited, GetParam());
}

TEST_P(EveryDataType, HasTheBitsThatItsNameTells) {
  const std::string name(NameOf(GetParam()));
  const size_t digits = name.find_first_of("0123456789");
  const size_t bits = digits == std::string::npos ? 8 : std::stoul(name.substr(digits));
  EXPECT_EQ(SizeOf(GetParam()) * 8, bits) << name;
}

INSTANTIATE_TEST_SUITE_P(Types, EveryDataType, ::testing::ValuesIn(kTypes),
                         [](const auto& test) { return std::string(NameOf(test.param)); });

TEST(DataType, HasANameOfItsOwn) {
  std::set<std::string> names;
  for (const DataType type : kTypes) names.insert(std::string(NameOf(type)));
  EXPECT_EQ(names.size(), std::size(kTypes));
}

}  // namespace
}  // namespace onebyone
