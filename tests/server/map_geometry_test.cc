#include "server/map_geometry.h"

#include <gmock/gmock.h>

namespace onebyone {
namespace {

constexpr ReceptiveField kField{.stride = 16, .offset = 7.5, .size = 100};

TEST(PooledField, StaysWhereNothingIsPooled) {
  const ReceptiveField field = PooledField(kField, 10, 10);
  EXPECT_EQ(field.stride, 16);
  EXPECT_EQ(field.offset, 7.5);
  EXPECT_EQ(field.size, 100);
}

TEST(PooledField, OfTwoHalvesLiesInTheirMiddles) {
  const ReceptiveField field = PooledField(kField, 10, 2);
  EXPECT_EQ(field.stride, 80);
  EXPECT_EQ(field.offset, 7.5 + 2 * 16);  // the middle of cells 0 to 4 is cell 2
  EXPECT_EQ(field.size, 100 + 4 * 16);
}

TEST(PooledField, OfOneCellIsTheWholeMap) {
  const ReceptiveField field = PooledField(kField, 10, 1);
  EXPECT_EQ(field.stride, 0);
  EXPECT_EQ(field.offset, 7.5 + 4.5 * 16);
  EXPECT_EQ(field.size, 100 + 9 * 16);
}

TEST(PooledField, TakesTheLargestCellWhereTheyDiffer) {
  // Three cells of seven: 0-2, 2-4, 4-6.
  EXPECT_EQ(PooledField(kField, 7, 3).size, 100 + 2 * 16);
}

TEST(GeometryOf, TellsInputAndPicture) {
  PlanOutput output;
  output.shape = {1, 8, 10, 20};
  output.field = ReceptiveFields{kField, {.stride = 8, .offset = 1, .size = 50}};
  RgbImage image;
  image.width = 100;
  image.original_width = 200;
  image.original_height = 300;
  const v1::Geometry geometry = GeometryOf(
      output, {.kind = PoolingSpec::Kind::kMax, .grid_height = 2, .grid_width = 20}, 160, 320, {2, 3, 4, 5}, image);
  EXPECT_EQ(geometry.stride_y(), 80);
  EXPECT_EQ(geometry.stride_x(), 8);
  EXPECT_EQ(geometry.offset_x(), 1);
  EXPECT_EQ(geometry.receptive_field_width(), 50);
  EXPECT_EQ(geometry.input_height(), 160);
  EXPECT_EQ(geometry.input_width(), 320);
  EXPECT_EQ(geometry.image_width(), 200);
  EXPECT_EQ(geometry.image_height(), 300);
  EXPECT_EQ(geometry.input_to_image_xx(), 2);
  EXPECT_EQ(geometry.input_to_image_y0(), 5);
}

}  // namespace
}  // namespace onebyone
