#include "server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/base/steady_time.h"
#include "server/connections.h"
#include "server/cpu_quota.h"
#include "server/observability/call_interceptor.h"
#include "server/security/live_call_interceptor.h"
#include "server/security/read_guard.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

// Once all accepted requests are answered: the time in which those that arrive at that very moment are read and refused
// with UNAVAILABLE, instead of being cut with CANCELLED, which clients do not retry. Ends early where no call is open,
// but watches and reflection streams have no natural end and use it up.
constexpr std::chrono::milliseconds kLastCallsGrace(2000);
// Before that: how long calls are still refused by the server itself, so that its clients have turned elsewhere when
// the port closes. gRPC cuts a call with CANCELLED that it reads at the moment of shutting down.
constexpr absl::Duration kRefusing = absl::Milliseconds(500);
// When the port is closed: how long connections are served on until each has a moment without a call, to be closed in.
// A proxy tells its client of a refusal, but not of a closed connection: it takes another server.
constexpr absl::Duration kLettingGo = absl::Seconds(2);
constexpr absl::Duration kWordOfDrain = absl::Milliseconds(50);  // before that, for health's watchers to be told
// At messages that have not come whole: how much they hold, and how long. The first often, for a gigabyte a second may
// come, but with thousands of connections no more than 2 % of a CPU: resting for so many times what a look took.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(50);
constexpr int kRestAfterLook = 49;
// A client that cancels often is ahead of the server by some calls, of which none is an open stream for it any more.
constexpr int kLiveCallsPerStream = 4;
constexpr int kFullConnections = 16;
// What gRPC takes from a socket before it works on it (BoundReadBuffers): 400 of the smallest calls, of 13 KB each in
// memory. Its own 4 MiB are 25,000.
constexpr int kMostBytesOfRead = 64 << 10;
// So that a client with somewhat too long headers is told so.
constexpr int kHeaderBlockPerHeaderBytes = 8;
constexpr absl::Duration kBetweenLateLooks = absl::Milliseconds(250);
constexpr int kMostReflectionThreads = 16;  // each reflection stream holds one

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(std::min<int64_t>(absl::ToInt64Milliseconds(duration), std::numeric_limits<int>::max()));
}

void Configure(const ServerOptions& options, grpc::ServerBuilder& builder) {
  const ListenOptions& listen = options.listen;
  const RequestLimits& limits = options.limits;
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits.max_message_bytes));
  // gRPC inflates a message before it looks at its size: 300 KB can become 350 MB.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.SetMaxSendMessageSize(-1);                        // bounded by max_answer_bytes
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second server on the port fails, instead of sharing it
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, listen.max_streams);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(listen.max_connection_age));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Milliseconds(listen.max_connection_age_grace));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(listen.keepalive_time));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(listen.keepalive_timeout));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(listen.max_header_bytes));
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(listen.handshake_timeout));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(listen.max_connection_idle));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, kMostBytesOfRead);
  // Reflection is the one service that runs on gRPC's pool of blocking threads.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  grpc::ResourceQuota quota("onebyone");
  quota.SetMaxThreads(kMostReflectionThreads);
  // The second bound: past it gRPC cuts calls of all connections and sends idle ones away, whoever holds the bytes. The
  // first is Uploads, which looks 20 times a second: what a fast sender brings between two looks is to stay below this.
  quota.Resize(static_cast<size_t>(4 * options.max_transport_bytes()));
  builder.SetResourceQuota(quota);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const ModelRegistry::LoadFunction& load) {
  RETURN_IF_ERROR(options.Validate());
  ASSIGN_OR_RETURN(std::unique_ptr<Security> security,
                   Security::Create(options.security));  // before minutes of loading
  std::unique_ptr<Server> server(new Server(options));
  server->security_ = std::move(security);
  RETURN_IF_ERROR(server->LoadModels(load));
  RETURN_IF_ERROR(server->StartLanes());
  ASSIGN_OR_RETURN(server->observability_,
                   Observability::Create(options.observability, *server->scheduler_, SteadyClock()));
  RETURN_IF_ERROR(server->Listen());
  RETURN_IF_ERROR(
      server->observability_->Listen(*server->models_, server->cache_ == nullptr ? nullptr : &server->cache_->answers));
  server->health_->SetServing();
  server->WatchModels();
  server->LimitConnections();
  server->WatchUploads();
  spdlog::info("listening on {}", server->address_);
  if (!options.security.health_listen.empty()) {
    spdlog::info("health alone on {} (port {})", options.security.health_listen, server->health_port_);
  }
  // Last: who waits for this file finds a server that serves.
  if (!options.listen.port_file.empty()) {
    RETURN_IF_ERROR(WriteFile(options.listen.port_file, absl::StrCat(server->port_, "\n")));
  }
  return server;
}

absl::Status Server::LoadModels(const ModelRegistry::LoadFunction& load) {
  CompileOptions compile = options_.compile;
  compile.kernel_cache = OpenKernelCache(options_.kernel_cache, [](const absl::Status& why) {
    spdlog::warn("--kernel-cache: {}; the next start will measure again", std::string(why.message()));
  });
  ASSIGN_OR_RETURN(models_, ModelRegistry::Load({.folder = options_.models,
                                                 .default_model = options_.default_model,
                                                 .versions = options_.model_versions,
                                                 .compile = std::move(compile),
                                                 .precision = options_.precision,
                                                 .load = load}));
  const std::string default_model = models_->default_model();
  for (const ModelEntry& entry : models_->entries()) LogModel(entry, default_model);
  return absl::OkStatus();
}

absl::Status Server::StartLanes() {
  if (options_.response_cache_bytes > 0) {
    cache_ = std::make_unique<ResponseCache>(options_.response_cache_bytes);
    spdlog::info("response cache: {} bytes", options_.response_cache_bytes);
  }
  const CpuBudget budget = ReadCpuBudget(AffinityCpus());
  const int lanes = options_.scheduler.lanes > 0 ? options_.scheduler.lanes : budget.cpus;
  spdlog::info("lanes: {} ({}; usable CPUs: {}, {})", lanes,
               options_.scheduler.lanes > 0 ? "as asked" : "one per usable CPU", budget.cpus, budget.reason);
  pixels_ = std::make_unique<PixelBudget>(options_.scheduler.max_decoded_bytes,
                                          LargestImageBytes(options_.limits.image), lanes);
  ASSIGN_OR_RETURN(scheduler_, Scheduler::Create(lanes, {.limits = options_.limits.image, .pixels = pixels_.get()},
                                                 {.waiting_images = options_.scheduler.max_queued_images,
                                                  .bytes = options_.scheduler.max_queued_bytes},
                                                 SteadyClock()));
  return absl::OkStatus();
}

absl::Status Server::Listen() {
  context_.reset(new ExtractionContext{*models_, *scheduler_, options_.limits, SteadyClock(), ReductionCache(),
                                       *observability_, cache_.get()});
  intake_ = std::make_unique<Intake>(options_, SteadyClock());
  service_ = std::make_unique<FeatureService>(*context_, *intake_);
  kserve_ = std::make_unique<KserveService>(*context_, *intake_);
  grpc::EnableDefaultHealthCheckService(true);
  if (options_.listen.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  refused_calls_ = std::make_unique<RefusedCalls>(observability_->metrics().calls(), SteadyClock());
  security_->TellRefusals([this](absl::string_view path, const absl::Status& why) { refused_calls_->Tell(path, why); });
  const int live_calls = kLiveCallsPerStream * options_.listen.max_streams;
  security_->calls().SetLimits({.of_connection = live_calls, .of_all = kFullConnections * live_calls});
  const int64_t header_bytes = options_.listen.max_header_bytes;
  GuardReads(kHeaderBlockPerHeaderBytes * header_bytes);
  grpc::ServerBuilder builder;
  Configure(options_, builder);
  const std::string& address = options_.listen.address;
  builder.AddListeningPort(address, security_->MainPort(header_bytes), &port_);
  const std::string& health_address = options_.security.health_listen;
  if (!health_address.empty())
    builder.AddListeningPort(health_address, security_->HealthPort(header_bytes), &health_port_);
  builder.RegisterService(service_.get());
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(MakeCallInterceptors(*observability_));
  interceptors.push_back(MakeLiveCallInterceptors(security_->calls()));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  builder.RegisterService(kserve_.get());
  grpc_ = builder.BuildAndStart();
  if (grpc_ == nullptr) {
    const bool main_failed = health_address.empty() || port_ == 0;
    return absl::UnavailableError(absl::StrCat(main_failed ? "--listen" : "--health-listen", ": cannot listen on ",
                                               main_failed ? address : health_address,
                                               ": in use, not an address of this machine, or not permitted"));
  }
  const bool is_path = absl::StartsWith(address, "unix:");
  if (is_path) port_ = 0;
  if (absl::StartsWith(health_address, "unix:")) health_port_ = 0;
  address_ = is_path ? address : absl::StrCat(address.substr(0, address.rfind(':')), ":", port_);
  health_ = std::make_unique<Health>(*grpc_->GetHealthCheckService(), *models_);
  return absl::OkStatus();
}

void Server::WatchModels() {
  watcher_ = std::make_unique<ModelWatcher>(*models_, options_.poll_models,
                                            [this](const ModelRegistry::Changes&) { health_->SetServing(); });
}

void Server::LimitConnections() {
  std::vector<std::string> addresses = {address_};
  const std::string& health = options_.security.health_listen;
  if (!health.empty()) {
    addresses.push_back(health_port_ == 0 ? health
                                          : absl::StrCat(health.substr(0, health.rfind(':')), ":", health_port_));
  }
  connection_limit_ =
      std::make_unique<ConnectionLimit>(AffordableConnections(options_.listen.max_connections), addresses);
}

void Server::WatchUploads() {
  struct Next {
    absl::Time late = absl::InfinitePast();
    absl::Time beyond = absl::InfinitePast();
  };
  upload_watch_ = std::make_unique<Ticker>(
      kBetweenLooks, [&uploads = intake_->uploads, connections = Connections(address_), next = Next()]() mutable {
        const absl::Time start = SteadyNow();
        if (start >= next.late) {
          uploads.EndLate();
          next.late = start + kBetweenLateLooks;
        }
        if (start < next.beyond || uploads.IsQuiet()) return;
        uploads.EndBeyond(connections.BytesReceived());
        next.beyond = SteadyNow() + kRestAfterLook * (SteadyNow() - start);
      });
}

void Server::ReloadModels() { watcher_->ReloadNow(); }

bool Server::Drain() {
  // First of all: a load that is under way may take its time. Who is told by health's watch finds KServe so here.
  kserve_->SetDraining();
  health_->SetDraining();
  spdlog::info("draining: health says NOT_SERVING; requests are taken for another {}",
               absl::FormatDuration(options_.drain.lame_duck));
  absl::SleepFor(options_.drain.lame_duck);
  LetClientsGo();
  Admission& admission = scheduler_->admission();
  admission.StartDraining();
  const absl::Status refusal =
      WithReason(WithRetryAfter(absl::UnavailableError("the server is draining and takes no new requests"),
                                admission.limits().draining_retry_after),
                 reason::kDraining);
  intake_->uploads.EndAll(Upload::Kind::kNextOfStream, refusal);
  spdlog::info("draining: no new requests; {} in work, which get {}", admission.requests(),
               absl::FormatDuration(options_.drain.timeout));
  const bool finished = admission.WaitUntilEmpty(options_.drain.timeout);
  if (!finished) spdlog::warn("draining: time is over, {} requests are cancelled", admission.requests());
  if (finished) absl::SleepFor(kRefusing);
  intake_->uploads.EndAll(Upload::Kind::kMessage, refusal);
  grpc_->Shutdown(std::chrono::system_clock::now() + (finished ? kLastCallsGrace : kLastCallsGrace * 0));
  grpc_->Wait();
  watcher_.reset();
  spdlog::info("drained");
  return finished;
}

void Server::LetClientsGo() {
  const Connections connections(address_);
  connections.StopListening();
  absl::SleepFor(kWordOfDrain);
  const absl::Time end = SteadyNow() + std::min(kLettingGo, options_.drain.timeout);
  const Admission& admission = scheduler_->admission();
  const auto is_busy = [&](const std::string& peer) {
    return admission.requests_of(peer) > 0 || intake_->uploads.HasMessageOf(peer);
  };
  while (connections.CloseIdle(is_busy) > 0 && SteadyNow() < end) absl::SleepFor(absl::Milliseconds(2));
}

Server::~Server() {
  if (grpc_ == nullptr) return;
  grpc_->Shutdown(std::chrono::system_clock::now());
  grpc_->Wait();
}

std::shared_ptr<grpc::Channel> Server::InProcessChannel() { return grpc_->InProcessChannel(grpc::ChannelArguments()); }

}  // namespace onebyone
