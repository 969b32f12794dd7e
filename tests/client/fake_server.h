#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "onebyone/v1/feature_extraction.grpc.pb.h"

namespace onebyone::testing {

// What the fake answers for one image and feature: known values of the asked type and layout.
// Element (c, y, x) of a [3, 2, 2] map: first byte of the image + 100 * index of the feature + 10 * c + 2 * y + x.
v1::FeatureMap KnownMap(const v1::FeatureRequest& feature, int feature_index, const std::string& image);

// FeatureExtraction without a network. An image whose content begins with "broken" fails with INVALID_ARGUMENT; all
// others get KnownMap for each feature. `before`, where it is set, runs first and may end the call with a status of its
// own.
class FakeFeatureService final : public v1::FeatureExtraction::Service {
 public:
  using Before = std::function<grpc::Status(grpc::ServerContext&, const v1::ExtractFeaturesRequest&, int call)>;
  Before before;                                            // `call` counts from 1
  std::function<void(v1::ExtractFeaturesResponse&)> after;  // may spoil the answer
  v1::ListModelsResponse models;
  std::map<std::string, v1::GetModelResponse> model_by_name;  // "" too, for the default

  std::vector<v1::ExtractFeaturesRequest> Requests() const;

  grpc::Status ExtractFeatures(grpc::ServerContext* context, const v1::ExtractFeaturesRequest* request,
                               v1::ExtractFeaturesResponse* response) override;
  // Each request as ExtractFeatures answers it, in turn.
  grpc::Status StreamFeatures(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::StreamFeaturesResponse, v1::StreamFeaturesRequest>* stream) override;
  grpc::Status ListModels(grpc::ServerContext* context, const v1::ListModelsRequest* request,
                          v1::ListModelsResponse* response) override;
  grpc::Status GetModel(grpc::ServerContext* context, const v1::GetModelRequest* request,
                        v1::GetModelResponse* response) override;

 private:
  mutable absl::Mutex mutex_;
  std::vector<v1::ExtractFeaturesRequest> requests_ ABSL_GUARDED_BY(mutex_);
};

// Health of the whole server and of "known"; other services are NOT_FOUND.
class FakeHealthService final : public grpc::health::v1::Health::Service {
 public:
  std::atomic<grpc::health::v1::HealthCheckResponse::ServingStatus> status =
      grpc::health::v1::HealthCheckResponse::SERVING;
  std::atomic<int> checks_until_serving = 0;  // as long as it is above 0: NOT_SERVING, and one less
  std::atomic<int> watches = 0;               // that were begun

  grpc::Status Check(grpc::ServerContext* context, const grpc::health::v1::HealthCheckRequest* request,
                     grpc::health::v1::HealthCheckResponse* response) override;
  // Of the services that the server has: tells `status` at once and whenever it changes.
  grpc::Status Watch(grpc::ServerContext* context, const grpc::health::v1::HealthCheckRequest* request,
                     grpc::ServerWriter<grpc::health::v1::HealthCheckResponse>* writer) override;
};

// Both services on a free port of the loopback: the client's channel is real, with its service config.
class FakeServer {
 public:
  FakeServer();
  ~FakeServer();

  FakeFeatureService& features() { return features_; }
  FakeHealthService& health() { return health_; }
  std::string target() const;

 private:
  FakeFeatureService features_;
  FakeHealthService health_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A status with google.rpc.BadRequest about one field, as the server attaches it.
grpc::Status BadRequestStatus(const std::string& message, const std::string& field, const std::string& description);

}  // namespace onebyone::testing
