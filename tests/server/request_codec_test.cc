#include "server/request_codec.h"

#include <gmock/gmock.h>

#include <functional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "server/status_details.h"
#include "tests/server/tiny_model.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TinyRegistry;
using ::testing::AllOf;
using ::testing::HasSubstr;

v1::ExtractFeaturesRequest OneImage() {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content("picture");
  return request;
}

// One image, one feature of block/output (24 channels, 16 x 16).
v1::ExtractFeaturesRequest OneFeature(const std::function<void(v1::FeatureRequest&)>& change = [](auto&) {}) {
  v1::ExtractFeaturesRequest request = OneImage();
  request.add_features()->set_layer("block/output");
  change(*request.mutable_features(0));
  return request;
}

class RequestCodec : public ::testing::Test {
 protected:
  absl::StatusOr<ExtractSpec> Check(const v1::ExtractFeaturesRequest& request) {
    return CheckRequest(request, ImagesOf(request), limits_, *models_);
  }
  // The field that the error names.
  static std::string FieldOf(const absl::Status& status) {
    const google::rpc::Status rpc = ToRpcStatus(status);
    google::rpc::BadRequest detail;
    if (rpc.details_size() != 1 || !rpc.details(0).UnpackTo(&detail)) return "";
    return detail.field_violations(0).field();
  }

  RequestLimits limits_;
  std::unique_ptr<ModelRegistry> models_ = TinyRegistry({"other", "tiny"});
};

TEST_F(RequestCodec, NoFeaturesMeanTheDefaultLayersWhole) {
  ASSERT_OK_AND_ASSIGN(const ExtractSpec spec, Check(OneImage()));
  ASSERT_EQ(spec.features.size(), 1U);
  EXPECT_EQ(spec.features[0].asked, "embedding");
  EXPECT_EQ(spec.features[0].source, FeatureSpec::Source::kWhole);
  EXPECT_EQ(spec.features[0].channels, 24);
  EXPECT_EQ(spec.model->bundle.name, "other") << "the first is the default";
  EXPECT_EQ(spec.answer_bytes, 24 * 4);
  EXPECT_EQ(spec.image_bytes, 7);
}

TEST_F(RequestCodec, AnAliasIsItsLayerAndKeepsItsNameInTheAnswer) {
  ASSERT_OK_AND_ASSIGN(const ExtractSpec spec, Check(OneFeature([](auto& feature) { feature.set_layer("features"); })));
  EXPECT_EQ(spec.features[0].layer->name, "block/output");
  EXPECT_EQ(spec.features[0].asked, "features");
}

TEST_F(RequestCodec, UnspecifiedReductionIsTheStoredOneWhereThereIsOne) {
  ASSERT_OK_AND_ASSIGN(const ExtractSpec stored, Check(OneFeature([](auto& feature) { feature.set_channels(4); })));
  EXPECT_EQ(stored.features[0].source, FeatureSpec::Source::kStored);
  EXPECT_EQ(stored.features[0].stored->name, "pca");
  ASSERT_OK_AND_ASSIGN(const ExtractSpec random, Check(OneFeature([](auto& feature) {
                         feature.set_layer("conv");
                         feature.set_channels(4);
                         feature.set_seed(9);
                       })));
  EXPECT_EQ(random.features[0].source, FeatureSpec::Source::kRandom);
  EXPECT_EQ(random.features[0].seed, 9U);
}

TEST_F(RequestCodec, CountsTheBytesOfTheAnswer) {
  v1::ExtractFeaturesRequest request = OneFeature([](auto& feature) {
    feature.set_channels(6);
    feature.set_data_type(v1::FLOAT16);
  });
  request.add_images();
  v1::FeatureRequest& pooled = *request.add_features();
  pooled.set_layer("conv");
  pooled.mutable_pooling()->set_kind(v1::Pooling::MAX);
  pooled.mutable_pooling()->set_grid_height(2);
  pooled.mutable_pooling()->set_grid_width(3);
  ASSERT_OK_AND_ASSIGN(const ExtractSpec spec, Check(request));
  EXPECT_EQ(spec.answer_bytes, 2 * (6 * 16 * 16 * 2 + 16 * 2 * 3 * 4));
}

struct BadRequest {
  std::string name;
  std::function<void(v1::ExtractFeaturesRequest&)> change;
  absl::StatusCode code;
  std::string field;
  std::string message;
};

void PrintTo(const BadRequest& request, std::ostream* out) { *out << request.name; }

class BadRequests : public RequestCodec, public ::testing::WithParamInterface<BadRequest> {};

TEST_P(BadRequests, NameTheFieldAndSayWhatWantedGot) {
  v1::ExtractFeaturesRequest request = OneFeature();
  GetParam().change(request);
  const absl::Status status = Check(request).status();
  EXPECT_THAT(status, StatusIs(GetParam().code, HasSubstr(GetParam().message)));
  EXPECT_EQ(FieldOf(status), GetParam().field);
}

v1::FeatureRequest& First(v1::ExtractFeaturesRequest& request) { return *request.mutable_features(0); }
v1::Pooling& FirstPooling(v1::ExtractFeaturesRequest& request) { return *First(request).mutable_pooling(); }

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

INSTANTIATE_TEST_SUITE_P(
    Fields, BadRequests,
    ::testing::Values(
        BadRequest{"no_images", [](auto& r) { r.clear_images(); }, kInvalid, "images", "wanted 1 to 64, got 0"},
        BadRequest{"ten_thousand_images",
                   [](auto& r) {
                     while (r.images_size() < 10'000) r.add_images();
                   },
                   kInvalid, "images", "wanted 1 to 64, got 10000"},
        BadRequest{"many_features",
                   [](auto& r) {
                     while (r.features_size() < 17) r.add_features();
                   },
                   kInvalid, "features", "1 to 16, got 17"},
        BadRequest{"unknown_layer", [](auto& r) { First(r).set_layer("block/outptu"); }, kInvalid, "features[0].layer",
                   "block/output"},
        BadRequest{"no_layer", [](auto& r) { First(r).clear_layer(); }, kInvalid, "features[0].layer", "got ''"},
        BadRequest{"second_feature", [](auto& r) { r.add_features()->set_layer("x"); }, kInvalid, "features[1].layer",
                   "x"},
        BadRequest{"negative_channels", [](auto& r) { First(r).set_channels(-1); }, kInvalid, "features[0].channels",
                   "24 channels; wanted 0 (all) or 1 to 23 (reduced), got -1"},
        BadRequest{"all_channels_by_number", [](auto& r) { First(r).set_channels(24); }, kInvalid,
                   "features[0].channels", "got 24: principal components and projections of as many channels"},
        BadRequest{"expansion_by_pca",
                   [](auto& r) {
                     First(r).set_channels(25);
                     First(r).set_reduction(v1::STORED);
                   },
                   kInvalid, "features[0].channels", "onebyone-model add-reduction"},
        BadRequest{"unknown_name", [](auto& r) { First(r).set_reduction_name("haed"); }, kInvalid,
                   "features[0].reduction_name", "(there are: pca, head), got 'haed'"},
        BadRequest{"name_of_another_layer",
                   [](auto& r) {
                     First(r).set_layer("conv");
                     First(r).set_reduction_name("head");
                   },
                   kInvalid, "features[0].reduction_name", "there is none"},
        BadRequest{"more_than_the_head",
                   [](auto& r) {
                     First(r).set_reduction_name("head");
                     First(r).set_channels(31);
                   },
                   kInvalid, "features[0].channels", "wanted 0 (all) or 1 to 30, got 31"},
        BadRequest{"negative_of_a_head",
                   [](auto& r) {
                     First(r).set_reduction_name("head");
                     First(r).set_channels(-1);
                   },
                   kInvalid, "features[0].channels", "got -1"},
        BadRequest{"random_and_named",
                   [](auto& r) {
                     First(r).set_reduction_name("head");
                     First(r).set_reduction(v1::RANDOM_PROJECTION);
                   },
                   kInvalid, "features[0].reduction_name", "with a stored reduction"},
        BadRequest{"seed_of_a_head",
                   [](auto& r) {
                     First(r).set_reduction_name("head");
                     First(r).set_seed(3);
                   },
                   kInvalid, "features[0].seed", "RANDOM_PROJECTION"},
        BadRequest{"too_many_channels", [](auto& r) { First(r).set_channels(2'000'000'000); }, kInvalid,
                   "features[0].channels", "got 2000000000"},
        BadRequest{"more_than_stored", [](auto& r) { First(r).set_channels(7); }, kInvalid, "features[0].channels",
                   "wanted 1 to 6, got 7"},
        BadRequest{"stored_missing",
                   [](auto& r) {
                     First(r).set_layer("conv");
                     First(r).set_channels(3);
                     First(r).set_reduction(v1::STORED);
                   },
                   absl::StatusCode::kFailedPrecondition, "features[0].reduction",
                   "onebyone-model fit-reduction --bundle other --layer conv"},
        BadRequest{"unheard_of_priority", [](auto& r) { r.set_priority(static_cast<v1::Priority>(9)); }, kInvalid,
                   "priority", "wanted a number that the API defines, got 9"},
        BadRequest{"fixed_range_of_floats", [](auto& r) { First(r).set_uint8_range(v1::FIXED); }, kInvalid,
                   "features[0].uint8_range", "with data_type UINT8"},
        BadRequest{"unknown_range",
                   [](auto& r) {
                     First(r).set_data_type(v1::UINT8);
                     First(r).set_uint8_range(static_cast<v1::Uint8Range>(9));
                   },
                   kInvalid, "features[0].uint8_range", "got 9"},
        BadRequest{"fixed_range_of_unit_vectors",
                   [](auto& r) {
                     First(r).set_data_type(v1::UINT8);
                     First(r).set_uint8_range(v1::FIXED);
                     First(r).set_l2_normalize(true);
                   },
                   kInvalid, "features[0].uint8_range", "without l2_normalize"},
        BadRequest{"fixed_range_of_a_random_projection",
                   [](auto& r) {
                     First(r).set_data_type(v1::UINT8);
                     First(r).set_uint8_range(v1::FIXED);
                     First(r).set_channels(3);
                     First(r).set_reduction(v1::RANDOM_PROJECTION);
                   },
                   kInvalid, "features[0].uint8_range", "with a whole layer or a stored reduction"},
        BadRequest{"fixed_range_without_a_calibration",
                   [](auto& r) {
                     First(r).set_data_type(v1::UINT8);
                     First(r).set_uint8_range(v1::FIXED);
                   },
                   absl::StatusCode::kFailedPrecondition, "features[0].uint8_range",
                   "onebyone-model calibrate --bundle other"},
        BadRequest{"fixed_range_of_an_unfitted_layer",
                   [](auto& r) {
                     First(r).set_layer("conv");
                     First(r).set_data_type(v1::UINT8);
                     First(r).set_uint8_range(v1::FIXED);
                     First(r).set_channels(3);
                   },
                   absl::StatusCode::kFailedPrecondition, "features[0].uint8_range",
                   "onebyone-model fit-reduction --bundle other --layer conv"},
        BadRequest{"fixed_range_of_a_head",
                   [](auto& r) {
                     First(r).set_data_type(v1::UINT8);
                     First(r).set_uint8_range(v1::FIXED);
                     First(r).set_reduction_name("head");
                   },
                   absl::StatusCode::kFailedPrecondition, "features[0].uint8_range", "the head 'head'; ask for FROM_MAP"},
        BadRequest{"fixed_range_that_no_fit_has_measured",
                   [](auto& r) {
                     First(r).set_data_type(v1::UINT8);
                     First(r).set_uint8_range(v1::FIXED);
                     First(r).set_channels(3);
                   },
                   absl::StatusCode::kFailedPrecondition, "features[0].uint8_range",
                   "onebyone-model fit-reduction --bundle other"},
        BadRequest{"seed_of_stored",
                   [](auto& r) {
                     First(r).set_channels(3);
                     First(r).set_seed(1);
                   },
                   kInvalid, "features[0].seed", "RANDOM_PROJECTION"},
        BadRequest{"seed_of_whole", [](auto& r) { First(r).set_seed(1); }, kInvalid, "features[0].seed", "channels"},
        BadRequest{"reduction_of_whole", [](auto& r) { First(r).set_reduction(v1::STORED); }, kInvalid,
                   "features[0].reduction", "channels"},
        BadRequest{"unknown_reduction", [](auto& r) { First(r).set_reduction(static_cast<v1::Reduction>(9)); },
                   kInvalid, "features[0].reduction", "got 9"},
        BadRequest{"unknown_type", [](auto& r) { First(r).set_data_type(static_cast<v1::DataType>(9)); }, kInvalid,
                   "features[0].data_type", "got 9"},
        BadRequest{"unknown_layout", [](auto& r) { First(r).set_layout(static_cast<v1::Layout>(-9)); }, kInvalid,
                   "features[0].layout", "got -9"},
        BadRequest{"unknown_pooling", [](auto& r) { FirstPooling(r).set_kind(static_cast<v1::Pooling::Kind>(9)); },
                   kInvalid, "features[0].pooling.kind", "got 9"},
        BadRequest{"grid_without_pooling", [](auto& r) { FirstPooling(r).set_grid_width(2); }, kInvalid,
                   "features[0].pooling.grid_width", "kind"},
        BadRequest{"half_a_grid",
                   [](auto& r) {
                     FirstPooling(r).set_kind(v1::Pooling::MAX);
                     FirstPooling(r).set_grid_width(2);
                   },
                   kInvalid, "features[0].pooling.grid_height", "got 0"},
        BadRequest{"grid_finer_than_the_map",
                   [](auto& r) {
                     FirstPooling(r).set_kind(v1::Pooling::MAX);
                     FirstPooling(r).set_grid_height(16);
                     FirstPooling(r).set_grid_width(17);
                   },
                   kInvalid, "features[0].pooling.grid_width", "16 x 16; wanted 1 to 16"},
        BadRequest{"exponent_of_average",
                   [](auto& r) {
                     FirstPooling(r).set_kind(v1::Pooling::AVERAGE);
                     FirstPooling(r).set_exponent(2);
                   },
                   kInvalid, "features[0].pooling.exponent", "GENERALIZED_MEAN"},
        BadRequest{"exponent_not_a_number",
                   [](auto& r) {
                     FirstPooling(r).set_kind(v1::Pooling::GENERALIZED_MEAN);
                     FirstPooling(r).set_exponent(std::numeric_limits<double>::quiet_NaN());
                   },
                   kInvalid, "features[0].pooling.exponent", "got nan"},
        BadRequest{"unknown_input_size", [](auto& r) { r.set_input_size(static_cast<v1::InputSize>(77)); }, kInvalid,
                   "input_size", "got 77"},
        BadRequest{"unknown_decode", [](auto& r) { r.set_decode(static_cast<v1::Decode>(5)); }, kInvalid, "decode",
                   "got 5"}),
    [](const auto& request) { return request.param.name; });

TEST_F(RequestCodec, PicturesThatAreTogetherOverTheLimitOfAMessageAreRefused) {
  limits_.max_message_bytes = 13;
  v1::ExtractFeaturesRequest request = OneImage();
  *request.add_images() = request.images(0);
  const absl::Status status = Check(request).status();
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("wanted at most 13 bytes in all, got 14")));
  EXPECT_EQ(FieldOf(status), "images");
  limits_.max_message_bytes = 14;
  EXPECT_TRUE(Check(request).ok());
}

TEST_F(RequestCodec, AnAnswerOverTheLimitIsRefusedBeforeAnyWork) {
  limits_.max_answer_bytes = 24 * 16 * 16 * 4 * 2;
  v1::ExtractFeaturesRequest request = OneFeature();
  request.add_images();
  EXPECT_THAT(Check(request), ::onebyone::testing::IsOk());
  request.add_images();
  EXPECT_THAT(Check(request).status(), StatusIs(kInvalid, AllOf(HasSubstr("features"), HasSubstr("3 images"))));
}

TEST_F(RequestCodec, UnknownModelsAndVersionsAreNotFound) {
  v1::ExtractFeaturesRequest request = OneImage();
  request.set_model("tony");
  EXPECT_THAT(Check(request).status(),
              StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr("'tony'"), HasSubstr("'tiny'"))));
  request.set_model("tiny");
  request.set_version(4);
  EXPECT_THAT(Check(request).status(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("serves version 3")));
  request.set_version(3);
  EXPECT_THAT(Check(request), ::onebyone::testing::IsOk());
}

}  // namespace
}  // namespace onebyone
