#include "client/render/layer_page.h"

#include <gmock/gmock.h>

#include <cmath>

#include "client/render/html.h"
#include "tests/client/maps.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::JpegOf;
using ::onebyone::testing::MapOf;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

absl::StatusOr<LayerPage> SmallPage(const std::string& name) {
  return LayerPage::Create(JpegOf(cv::Mat(128, 328, CV_8UC3, cv::Scalar(90, 120, 150))),
                           {.model = "<m>", .version = 4, .image_name = name});
}

TEST(EscapeHtml, LeavesNothingThatEndsATextOrAnAttribute) {
  EXPECT_EQ(EscapeHtml("a <b> & \"c\" 'd'\n\x01 \xc3\xbc"), "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;   \xc3\xbc");
}

TEST(DataUri, NeedsNoRequest) { EXPECT_EQ(DataUri("image/png", "abc"), "data:image/png;base64,YWJj"); }

TEST(LayerPage, HoldsNamesShapesPicturesAndPlaces) {
  ASSERT_OK_AND_ASSIGN(LayerPage page, SmallPage("cat.jpg"));
  ASSERT_THAT(page.Add({.map = MapOf({2, 4, 4}, std::vector<float>(32, 1)), .components = std::nullopt}), IsOk());
  ASSERT_THAT(page.Add({.map = MapOf({3}, {1, 2, 3}), .components = std::nullopt}), IsOk());
  EXPECT_EQ(page.layers(), 2);
  const std::string html = page.ToHtml();
  EXPECT_THAT(html, AllOf(HasSubstr("<h1>cat.jpg</h1>"), HasSubstr("328 x 128 pixels, 2 layers of &lt;m&gt; version 4"),
                          HasSubstr("2 channels of 4 x 4 cells, stride 16"), HasSubstr("vector of 3 channels"),
                          HasSubstr("class=\"components\" width=\"4\" height=\"4\""), HasSubstr("class=\"bars\"")));
  EXPECT_THAT(html, HasSubstr("{&quot;rows&quot;:4,&quot;columns&quot;:4,&quot;stride&quot;:[16,16],&quot;offset&quot;:"
                              "[7.5,7.5]"));
  EXPECT_THAT(html, HasSubstr("&quot;scale&quot;:[2,2],&quot;origin&quot;:[0.5,100.5]}"));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
}

TEST(LayerPage, EscapesNamesOfImagesAndLayers) {
  ASSERT_OK_AND_ASSIGN(LayerPage page, SmallPage("</title><script>$2 $9.jpg"));
  v1::FeatureMap map = MapOf({1, 2, 2}, {1, 2, 3, 4});
  map.set_layer("\"><script>alert(1)</script>");
  ASSERT_THAT(page.Add({.map = map, .components = std::nullopt}), IsOk());
  const std::string html = page.ToHtml();
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, HasSubstr("<h1>&lt;/title&gt;&lt;script&gt;$2 $9.jpg</h1>"));
}

TEST(LayerPage, DrawsLargeMapsSmaller) {
  ASSERT_OK_AND_ASSIGN(LayerPage page, SmallPage("cat.jpg"));
  std::vector<float> noise(2000 * 2000);
  for (size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<float>(i * 7919 % 1009);
  ASSERT_THAT(page.Add({.map = MapOf({1, 2000, 2000}, noise), .components = std::nullopt}), IsOk());
  EXPECT_THAT(page.ToHtml(), HasSubstr("&quot;rows&quot;:2000"));
  EXPECT_LT(page.ToHtml().size(), 2'500'000U);
}

TEST(LayerPage, RefusesWhatItCannotPlace) {
  EXPECT_THAT(LayerPage::Create("no picture", {}), StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_OK_AND_ASSIGN(LayerPage page, SmallPage("cat.jpg"));
  v1::FeatureMap map = MapOf({1, 2, 2}, {1, 2, 3, 4});
  map.clear_geometry();
  EXPECT_THAT(page.Add({.map = map, .components = std::nullopt}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("geometry")));
  map = MapOf({1, 2, 2}, {1, 2, 3, 4});
  map.mutable_geometry()->set_receptive_field_width(INFINITY);  // has no spelling in the page's JSON
  EXPECT_THAT(page.Add({.map = map, .components = std::nullopt}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("receptive_field_width")));
  EXPECT_EQ(page.layers(), 0);
}

}  // namespace
}  // namespace onebyone
