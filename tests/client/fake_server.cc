#include "tests/client/fake_server.h"

#include <chrono>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace onebyone::testing {
namespace {

google::rpc::Status RichStatus(const std::string& message, const std::string& field, const std::string& description) {
  google::rpc::Status status;
  status.set_code(grpc::StatusCode::INVALID_ARGUMENT);
  status.set_message(message);
  google::rpc::BadRequest bad;
  auto& violation = *bad.add_field_violations();
  violation.set_field(field);
  violation.set_description(description);
  status.add_details()->PackFrom(bad);
  return status;
}

// Whole numbers from 0 to 2048 as binary16.
uint16_t SmallFloat16(int value) {
  if (value == 0) return 0;
  int exponent = 0;
  while (value >> (exponent + 1) != 0) ++exponent;
  return static_cast<uint16_t>((exponent + 15) << 10 | ((value << (10 - exponent)) & 0x3ff));
}

void AppendElement(v1::DataType type, int value, std::string& content) {
  const auto number = static_cast<float>(value);
  const uint16_t half = SmallFloat16(value);
  uint32_t bits = 0;
  std::memcpy(&bits, &number, sizeof(bits));
  const auto upper = static_cast<uint16_t>(bits >> 16);
  switch (type) {
    case v1::FLOAT16: content.append(reinterpret_cast<const char*>(&half), sizeof(half)); break;
    case v1::BFLOAT16: content.append(reinterpret_cast<const char*>(&upper), sizeof(upper)); break;
    default: content.append(reinterpret_cast<const char*>(&number), sizeof(number)); break;
  }
}

void SetGeometry(v1::Geometry& geometry) {
  geometry.set_stride_y(50);
  geometry.set_stride_x(50);
  geometry.set_offset_y(24.5);
  geometry.set_offset_x(24.5);
  geometry.set_receptive_field_height(50);
  geometry.set_receptive_field_width(50);
  geometry.set_input_to_image_xx(1);
  geometry.set_input_to_image_yy(1);
  geometry.set_input_height(100);
  geometry.set_input_width(100);
  geometry.set_image_height(400);
  geometry.set_image_width(600);
}

}  // namespace

v1::FeatureMap KnownMap(const v1::FeatureRequest& feature, int feature_index, const std::string& image) {
  v1::FeatureMap map;
  map.set_layer(feature.layer());
  map.set_data_type(feature.data_type() == v1::DATA_TYPE_UNSPECIFIED ? v1::FLOAT32 : feature.data_type());
  const bool hwc = feature.layout() == v1::HWC;
  map.set_layout(hwc ? v1::HWC : v1::CHW);
  for (const int extent : hwc ? std::vector<int>{2, 2, 3} : std::vector<int>{3, 2, 2}) map.add_shape(extent);
  std::string content;
  for (int i = 0; i < 12; ++i) {
    const int c = hwc ? i % 3 : i / 4;
    const int cell = hwc ? i / 3 : i % 4;
    AppendElement(map.data_type(), static_cast<uint8_t>(image[0]) + 100 * feature_index + 10 * c + cell, content);
  }
  map.set_content(content);
  SetGeometry(*map.mutable_geometry());
  return map;
}

std::vector<v1::ExtractFeaturesRequest> FakeFeatureService::Requests() const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

grpc::Status FakeFeatureService::ExtractFeatures(grpc::ServerContext* context,
                                                 const v1::ExtractFeaturesRequest* request,
                                                 v1::ExtractFeaturesResponse* response) {
  int call = 0;
  {
    absl::MutexLock lock(&mutex_);
    requests_.push_back(*request);
    call = static_cast<int>(requests_.size());
  }
  if (before) {
    const grpc::Status status = before(*context, *request, call);
    if (!status.ok()) return status;
  }
  response->set_model("fake");
  response->set_version(3);
  for (const v1::Image& image : request->images()) {
    v1::ImageResult& result = *response->add_results();
    if (absl::StartsWith(image.content(), "broken")) {
      *result.mutable_status() =
          RichStatus("images[0].content: want JPEG, got rubbish", "images[0].content", "want JPEG, got rubbish");
      continue;
    }
    result.mutable_timing()->set_decode_us(2000);
    result.mutable_timing()->set_network_us(4000);
    for (int f = 0; f < request->features_size(); ++f)
      *result.add_features() = KnownMap(request->features(f), f, image.content());
  }
  if (after) after(*response);
  return grpc::Status::OK;
}

grpc::Status FakeFeatureService::StreamFeatures(
    grpc::ServerContext* context,
    grpc::ServerReaderWriter<v1::StreamFeaturesResponse, v1::StreamFeaturesRequest>* stream) {
  for (v1::StreamFeaturesRequest request; stream->Read(&request);) {
    v1::StreamFeaturesResponse response;
    response.set_request_id(request.request_id());
    const grpc::Status status = ExtractFeatures(context, &request.request(), response.mutable_response());
    response.mutable_status()->set_code(status.error_code());
    response.mutable_status()->set_message(status.error_message());
    if (!stream->Write(response)) break;
  }
  return grpc::Status::OK;
}

grpc::Status FakeFeatureService::ListModels(grpc::ServerContext*, const v1::ListModelsRequest*,
                                            v1::ListModelsResponse* response) {
  *response = models;
  return grpc::Status::OK;
}

grpc::Status FakeFeatureService::GetModel(grpc::ServerContext*, const v1::GetModelRequest* request,
                                          v1::GetModelResponse* response) {
  const auto model = model_by_name.find(request->model());
  if (model == model_by_name.end())
    return {grpc::StatusCode::NOT_FOUND, absl::StrCat("no model '", request->model(), "'")};
  *response = model->second;
  return grpc::Status::OK;
}

grpc::Status FakeHealthService::Check(grpc::ServerContext*, const grpc::health::v1::HealthCheckRequest* request,
                                      grpc::health::v1::HealthCheckResponse* response) {
  if (!request->service().empty() && request->service() != "known")
    return {grpc::StatusCode::NOT_FOUND, "unknown service"};
  const bool early = checks_until_serving.load() > 0;
  if (early) --checks_until_serving;
  response->set_status(early ? grpc::health::v1::HealthCheckResponse::NOT_SERVING : status.load());
  return grpc::Status::OK;
}

grpc::Status FakeHealthService::Watch(grpc::ServerContext* context, const grpc::health::v1::HealthCheckRequest* request,
                                      grpc::ServerWriter<grpc::health::v1::HealthCheckResponse>* writer) {
  if (request->service() != "onebyone.v1.FeatureExtraction") return {grpc::StatusCode::NOT_FOUND, "unknown service"};
  ++watches;
  grpc::health::v1::HealthCheckResponse told;
  do {
    const auto now = status.load();
    if (told.status() != now) {
      told.set_status(now);
      writer->Write(told);
    }
    absl::SleepFor(absl::Milliseconds(1));
  } while (!context->IsCancelled());
  return grpc::Status::CANCELLED;
}

FakeServer::FakeServer() {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.SetMaxReceiveMessageSize(-1);
  builder.RegisterService(&features_);
  builder.RegisterService(&health_);
  server_ = builder.BuildAndStart();
}

FakeServer::~FakeServer() { server_->Shutdown(std::chrono::system_clock::now()); }

std::string FakeServer::target() const { return absl::StrCat("127.0.0.1:", port_); }

grpc::Status BadRequestStatus(const std::string& message, const std::string& field, const std::string& description) {
  return {grpc::StatusCode::INVALID_ARGUMENT, message, RichStatus(message, field, description).SerializeAsString()};
}

}  // namespace onebyone::testing
