// What inference.GRPCInferenceService/ModelInfer refuses, and at which field.

#include <functional>
#include <limits>

#include "tests/server/kserve_fixture.h"

namespace onebyone {
namespace {

using ::inference::InferParameter;
using ::inference::ModelInferRequest;
using ::onebyone::testing::AddInput;
using ::onebyone::testing::AddOutput;
using ::onebyone::testing::EncodedRequest;
using ::onebyone::testing::RawStrings;
using ::onebyone::testing::TinyServerOptions;
using ::testing::HasSubstr;

class KserveErrors : public ::onebyone::testing::Kserve {
 protected:
  // `change` is made to a request that is right but for it.
  void ExpectInvalid(const std::string& field, const std::string& message,
                     const std::function<void(ModelInferRequest&)>& change) {
    ModelInferRequest request = EncodedRequest({picture_});
    AddOutput("features", request);
    change(request);
    const Outcome outcome = Refused(request);
    EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << outcome.status.error_message();
    EXPECT_EQ(outcome.field, field) << outcome.status.error_message();
    EXPECT_THAT(outcome.status.error_message(), HasSubstr(message));
  }
  // The same for a tensor and its raw bytes.
  void ExpectInvalidTensor(const std::string& field, const std::string& message, const std::string& datatype,
                           const std::vector<int64_t>& shape, const std::string& raw) {
    ExpectInvalid(field, message, [&](ModelInferRequest& request) {
      request.clear_inputs();
      AddInput(datatype, shape, request);
      request.set_raw_input_contents(0, raw);
    });
  }
};

TEST_F(KserveErrors, UnknownModelsAndVersionsAreNotFound) {
  ModelInferRequest request = EncodedRequest({picture_});
  request.set_model_name("unheard-of");
  EXPECT_EQ(Refused(request).status.error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_model_name("tiny");
  request.set_model_version("4");
  EXPECT_EQ(Refused(request).status.error_code(), grpc::StatusCode::NOT_FOUND);
  for (const char* version : {"latest", "0", "-3", "3.0", "99999999999999999999"}) {
    request.set_model_version(version);
    const Outcome outcome = Refused(request);
    EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << version;
    EXPECT_EQ(outcome.field, "model_version") << version;
  }
}

TEST_F(KserveErrors, TheOneInputIsCalledImage) {
  ExpectInvalid("inputs", "wanted one, 'image', got 0", [](ModelInferRequest& request) { request.clear_inputs(); });
  ExpectInvalid("inputs", "got 2", [](ModelInferRequest& request) { *request.add_inputs() = request.inputs(0); });
  ExpectInvalid("inputs[0].name", "got 'data'",
                [](ModelInferRequest& request) { request.mutable_inputs(0)->set_name("data"); });
  ExpectInvalid("inputs[0].datatype", "wanted BYTES",
                [](ModelInferRequest& request) { request.mutable_inputs(0)->set_datatype("INT8"); });
  ExpectInvalid("inputs[0].parameters['shared_memory_region']", "wanted no parameters", [](ModelInferRequest& request) {
    (*request.mutable_inputs(0)->mutable_parameters())["shared_memory_region"].set_string_param("x");
  });
}

TEST_F(KserveErrors, DataIsRawOrTypedNeverBoth) {
  ExpectInvalid("inputs[0].contents", "got both", [this](ModelInferRequest& request) {
    request.mutable_inputs(0)->mutable_contents()->add_bytes_contents(picture_);
  });
  ExpectInvalid("inputs[0]", "got none in either",
                [](ModelInferRequest& request) { request.clear_raw_input_contents(); });
  ExpectInvalid("raw_input_contents", "wanted one for each input, 1, got 2",
                [](ModelInferRequest& request) { request.add_raw_input_contents("more"); });
  ExpectInvalid("inputs[0].contents.fp32_contents", "wanted bytes_contents for datatype BYTES",
                [](ModelInferRequest& request) {
                  request.clear_raw_input_contents();
                  request.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1);
                });
  ExpectInvalid("inputs[0].contents.bytes_contents", "wanted 1 elements, got 2", [this](ModelInferRequest& request) {
    request.clear_raw_input_contents();
    for (int i = 0; i < 2; ++i) request.mutable_inputs(0)->mutable_contents()->add_bytes_contents(picture_);
  });
  ExpectInvalid("inputs[0].contents.uint_contents[4]", "wanted 0 to 255, got 256", [](ModelInferRequest& request) {
    request.clear_raw_input_contents();
    request.clear_inputs();
    auto& contents = *AddInput("UINT8", {1, 2, 1, 3}, request).mutable_contents();
    for (int i = 0; i < 6; ++i) contents.add_uint_contents(252 + i);
  });
}

TEST_F(KserveErrors, TypedPixelsCountWithTheMemoryThatTheyTake) {
  ServerOptions options = TinyServerOptions();
  options.limits.max_message_bytes = 1 << 20;
  options.limits.max_answer_bytes = 1 << 10;
  options.scheduler.max_queued_bytes = options.limits.max_message_bytes + options.limits.max_answer_bytes;
  Serve(options);
  ModelInferRequest request;
  auto& contents = *AddInput("UINT8", {1, 290, 290, 3}, request).mutable_contents();
  contents.mutable_uint_contents()->Resize(290 * 290 * 3, 100);
  const Outcome outcome = Refused(request);
  EXPECT_EQ(outcome.field, "inputs[0]");
  EXPECT_THAT(outcome.status.error_message(), HasSubstr("needs about 1261596 bytes, 252300 of images"));
}

TEST_F(KserveErrors, RawStringsThatEndEarlyOrLateAreRefused) {
  const char* raw = "raw_input_contents[0]";
  ExpectInvalidTensor(raw, "image[0]: the data ends early: wanted 4 bytes of its length, got 3", "BYTES", {1}, "abc");
  ExpectInvalidTensor(raw, "image[0]: the data ends early: wanted 4294967295 bytes of the image, got 1", "BYTES", {1},
                      "\xFF\xFF\xFF\xFFx");
  ExpectInvalidTensor(raw, "image[1]: the data ends early", "BYTES", {2}, RawStrings({picture_}));
  ExpectInvalidTensor(raw, "got 3 more bytes", "BYTES", {1}, RawStrings({picture_}) + "abc");
  ExpectInvalidTensor("image[0]", "", "BYTES", {1}, RawStrings({""}));
}

TEST_F(KserveErrors, ShapesThatDoNotFitAreRefusedBeforeAnythingIsMadeOfThem) {
  const char* shape = "inputs[0].shape";
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  ExpectInvalidTensor(shape, "wanted [N] or [N, 1], got []", "BYTES", {}, RawStrings({picture_}));
  ExpectInvalidTensor(shape, "got [1, 2]", "BYTES", {1, 2}, RawStrings({picture_}));
  ExpectInvalidTensor(shape, "got [1, 1, 1, 1, 1, 1, 1, 1, ...]", "BYTES", std::vector<int64_t>(12, 1), "");
  for (const int64_t count : {int64_t{0}, int64_t{-1}, int64_t{65}, kHuge}) {
    ExpectInvalidTensor(shape, "wanted 1 to 64 images", "BYTES", {count}, RawStrings({picture_}));
    ExpectInvalidTensor(shape, "wanted 1 to 64 images", "UINT8", {count, 2, 2, 3}, "");
  }
  ExpectInvalidTensor(shape, "wanted [N, height, width, 3]", "UINT8", {2, 2, 3}, std::string(12, 'x'));
  ExpectInvalidTensor(shape, "wanted [N, height, width, 3]", "UINT8", {1, 3, 2, 2}, std::string(12, 'x'));
  ExpectInvalidTensor(shape, "wanted 1 or more in each dimension", "UINT8", {1, 0, 2, 3}, "");
  ExpectInvalidTensor(shape, "wanted at most 67108864 bytes", "UINT8", {1, kHuge, kHuge, 3}, "");
  ExpectInvalidTensor(shape, "wanted at most 67108864 bytes", "UINT8", {1, int64_t{1} << 32, int64_t{1} << 32, 3}, "");
  ExpectInvalidTensor(shape, "wanted [N, 3, height, width]", "FP32", {1, 32, 32, 3}, "");
  ExpectInvalidTensor("raw_input_contents[0]", "wanted 12 bytes, got 11", "UINT8", {1, 2, 2, 3}, std::string(11, 'x'));
  ExpectInvalidTensor("raw_input_contents[0]", "wanted 12288 bytes, got 12287", "FP32", {1, 3, 32, 32},
                      std::string(12287, 'x'));
  ExpectInvalidTensor("inputs[0]", "wanted float32 [3, 32, 32]", "FP32", {1, 3, 2, 2}, std::string(48, '\0'));
  ExpectInvalidTensor("image[0]", "side: want at most 32768", "UINT8", {1, 1, 40000, 3}, std::string(120000, 'x'));
}

TEST_F(KserveErrors, ParametersThatAreUnknownOrWrongAreNamed) {
  const auto of_output = [](const std::string& name, const std::function<void(InferParameter&)>& set) {
    return [name, set](ModelInferRequest& request) { set((*request.mutable_outputs(0)->mutable_parameters())[name]); };
  };
  const auto text = [](const std::string& value) {
    return [value](InferParameter& parameter) { parameter.set_string_param(value); };
  };
  const auto number = [](int64_t value) {
    return [value](InferParameter& parameter) { parameter.set_int64_param(value); };
  };
  const std::string path = "outputs[0].parameters.";
  ExpectInvalid("outputs[0].parameters['chanels']", "did you mean channels?", of_output("chanels", number(4)));
  ExpectInvalid(path + "channels", "wanted int64_param, got string_param", of_output("channels", text("4")));
  ExpectInvalid(path + "channels", "wanted int64_param, got no value", of_output("channels", [](InferParameter&) {}));
  ExpectInvalid(path + "channels", "wanted 0 to 2147483647", of_output("channels", number(int64_t{1} << 40)));
  ExpectInvalid(path + "channels", "has 24 channels", of_output("channels", number(24)));
  ExpectInvalid(path + "seed", "with channels above 0", of_output("seed", number(4)));
  ExpectInvalid(path + "reduction", "wanted stored, random_projection; got 'pca'", of_output("reduction", text("pca")));
  ExpectInvalid(path + "reduction", "got 'STORED'", of_output("reduction", text("STORED")));
  ExpectInvalid(path + "reduction", "wanted string_param", of_output("reduction", number(1)));
  ExpectInvalid(path + "pooling", "wanted none, average, max, generalized_mean", of_output("pooling", text("mean")));
  ExpectInvalid(path + "grid", "wanted HEIGHTxWIDTH", of_output("grid", text("2x")));
  ExpectInvalid(path + "grid", "with a kind of pooling", of_output("grid", text("2x2")));
  ExpectInvalid(path + "grid", "with a kind of pooling", of_output("grid", number(2)));
  ExpectInvalid(path + "grid", "wanted 1 to 2147483647, got 0", of_output("grid", number(0)));
  ExpectInvalid(path + "uint8_range", "got 'fix'", of_output("uint8_range", text("fix")));
  ExpectInvalid(path + "uint8_range", "with data_type UINT8", of_output("uint8_range", text("fixed")));
  ExpectInvalid(path + "exponent", "with GENERALIZED_MEAN", of_output("exponent", number(2)));
  ExpectInvalid(path + "l2_normalize", "wanted bool_param", of_output("l2_normalize", number(1)));
  ExpectInvalid(path + "data_type", "wanted FP32, FP16, BF16 or UINT8, got 'FP64'",
                of_output("data_type", text("FP64")));
  ExpectInvalid(path + "layout", "wanted chw, hwc", of_output("layout", text("nchw")));
  ExpectInvalid("outputs[0].name", "unheard-of",
                [](ModelInferRequest& request) { request.mutable_outputs(0)->set_name("unheard-of"); });
  ExpectInvalid("outputs", "got 17", [](ModelInferRequest& request) {
    for (int i = 0; i < 16; ++i) AddOutput("conv", request);
  });
}

TEST_F(KserveErrors, RequestParametersToo) {
  const auto with = [](const std::string& name, const std::string& value) {
    return [name, value](ModelInferRequest& request) { (*request.mutable_parameters())[name].set_string_param(value); };
  };
  ExpectInvalid("parameters['sequence_id']", "unknown", with("sequence_id", "1"));
  ExpectInvalid("parameters.timeout", "wanted int64_param", with("timeout", "1"));
  ExpectInvalid("parameters.input_size", "wanted model, squash, letterbox, native; got 'big'",
                with("input_size", "big"));
  ExpectInvalid("parameters.decode", "wanted exact, scaled", with("decode", "fast"));
  ExpectInvalid("parameters.timeout", "got -1",
                [](ModelInferRequest& request) { (*request.mutable_parameters())["timeout"].set_int64_param(-1); });
  ExpectInvalid("parameters.decode", "only with encoded images", [](ModelInferRequest& request) {
    (*request.mutable_parameters())["decode"].set_string_param("scaled");
    request.clear_inputs();
    AddInput("UINT8", {1, 1, 1, 3}, request);
    request.set_raw_input_contents(0, "rgb");
  });
  ExpectInvalid("parameters.input_size", "only with pictures", [](ModelInferRequest& request) {
    (*request.mutable_parameters())["input_size"].set_string_param("squash");
    request.clear_inputs();
    AddInput("FP32", {1, 3, 32, 32}, request);
    request.set_raw_input_contents(0, std::string(12288, '\0'));
  });
}

TEST_F(KserveErrors, WhatTritonsClientsAddOnTheirOwnIsIgnored) {
  ModelInferRequest request = EncodedRequest({picture_});
  (*request.mutable_parameters())["triton_enable_empty_final_response"].set_bool_param(true);
  (*request.mutable_parameters())["binary_data_output"].set_bool_param(true);
  (*request.mutable_parameters())["headers"].set_string_param("x");
  Inferred(request);
}

}  // namespace
}  // namespace onebyone
