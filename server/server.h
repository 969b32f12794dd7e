#pragma once

#include <grpcpp/server.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/extraction.h"
#include "server/feature_service.h"
#include "server/health.h"
#include "server/intake/intake.h"
#include "server/kserve/kserve_service.h"
#include "server/model_registry.h"
#include "server/model_watcher.h"
#include "server/observability/observability.h"
#include "server/observability/refused_calls.h"
#include "server/options.h"
#include "server/scheduler.h"
#include "server/security/connection_limit.h"
#include "server/security/security.h"
#include "server/security/ticker.h"

namespace onebyone {

// The service, from loaded models to the last answer. Logs each step of its life.
class Server {
 public:
  // Loads the models, starts the lanes, listens, says SERVING; in this order, so that whoever can connect is served.
  // Errors: those of ModelRegistry::Load and LaneTools::Create; UNAVAILABLE where the address cannot be listened on.
  // `load` is for tests that have no bundles.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const ModelRegistry::LoadFunction& load = LoadModel);

  // REQUIRES: Drain has returned, or no call is in work. Cuts what is left.
  ~Server();

  // Says NOT_SERVING, serves on for the lame-duck time, then stops listening and closes each connection at a moment
  // when it has no call; those that have none such soon get refusals, while accepted requests are done (and cancelled
  // after the drain timeout). False where requests had to be cancelled. Call once.
  bool Drain();

  // Looks at the models folder now, on a thread of its own. Before Drain; thread-safe.
  void ReloadModels();

  // Where it listens: HOST:PORT with the real port, or unix:PATH.
  const std::string& address() const { return address_; }
  int health_port() const { return health_port_; }  // of --health-listen; 0 where there is none, or for unix:PATH
  int port() const { return port_; }                // 0 for unix:PATH

  // A channel into this server without a socket.
  std::shared_ptr<grpc::Channel> InProcessChannel();
  Scheduler& scheduler() { return *scheduler_; }
  Observability& observability() { return *observability_; }
  const ModelRegistry& models() const { return *models_; }

 private:
  explicit Server(const ServerOptions& options) : options_(options) {}

  absl::Status LoadModels(const ModelRegistry::LoadFunction& load);
  absl::Status StartLanes();
  absl::Status Listen();
  void WatchModels();
  void LimitConnections();
  void WatchUploads();
  void LetClientsGo();

  const ServerOptions options_;
  // In the order of who refers to whom: the last is destroyed first.
  std::unique_ptr<ModelRegistry> models_;
  std::unique_ptr<PixelBudget> pixels_;
  std::unique_ptr<ResponseCache> cache_;  // null: none
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<Observability> observability_;
  std::unique_ptr<ExtractionContext> context_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<FeatureService> service_;
  std::unique_ptr<KserveService> kserve_;
  std::unique_ptr<RefusedCalls> refused_calls_;
  std::unique_ptr<Security> security_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<Health> health_;
  std::unique_ptr<ModelWatcher> watcher_;
  std::unique_ptr<ConnectionLimit> connection_limit_;
  std::unique_ptr<Ticker> upload_watch_;
  std::string address_;
  int port_ = 0;
  int health_port_ = 0;
};

}  // namespace onebyone
