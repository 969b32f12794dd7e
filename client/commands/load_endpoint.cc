#include "client/commands/load_endpoint.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "client/commands/load_question.h"
#include "client/load/target/code_names.h"
#include "client/load/target/feature_messages.h"
#include "client/load/target/kserve_model.h"
#include "client/load/target/stream_target.h"
#include "client/load/target/unary_target.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr absl::Duration kLongestQuestion = absl::Seconds(10);
constexpr absl::Duration kTick = absl::Milliseconds(50);

absl::Status WithCode(const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(CodeName(static_cast<int>(status.code())), ": ", status.message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LoadEndpoint>> LoadEndpoint::Open(const LoadTargetOptions& target,
                                                                 const LoadWorkOptions& work,
                                                                 const LoadPictures& pictures, AnswerDepth depth) {
  std::unique_ptr<LoadEndpoint> endpoint(new LoadEndpoint);
  const ClientOptions& client = target.client;
  ASSIGN_OR_RETURN(endpoint->channels_, MakeLoadChannels(client, target.connections));
  const absl::Duration patience = std::min(client.deadline, kLongestQuestion);
  endpoint->model_ = target.question.model();
  if (target.question.version() > 0) endpoint->version_ = absl::StrCat(target.question.version());
  const auto server = AskKServeServer(endpoint->channels_, patience);
  if (server.ok()) {
    endpoint->server_version_ = absl::StrCat(server->name, server->name.empty() ? "" : " ", server->version);
    endpoint->has_statistics_ = server->has_statistics;
  } else if (server.status().code() == absl::StatusCode::kUnavailable) {
    return WithCode(server.status());
  }
  if (target.protocol != LoadProtocol::kKServe) {
    auto messages = std::make_shared<FeatureMessages>(FeatureQuestion(target, work), pictures, depth);
    if (target.protocol == LoadProtocol::kStream) {
      endpoint->target_ = std::make_unique<StreamTarget>(endpoint->channels_, std::move(messages), client.deadline);
    } else {
      endpoint->target_ = std::make_unique<UnaryTarget>(endpoint->channels_, std::move(messages), client.deadline);
    }
    return endpoint;
  }
  auto model = AskKServeModel(endpoint->channels_, endpoint->model_, endpoint->version_, patience);
  if (model.status().code() == absl::StatusCode::kUnimplemented) model = InferMessages::AssumedModel();
  if (!model.ok()) return WithCode(model.status());
  const InferQuestion question = {.request = InferRequest(target, work),
                                  .input = target.input,
                                  .input_shape = target.input_shape,
                                  .pictures_per_call = work.pictures_per_call,
                                  .seed = work.seed};
  ASSIGN_OR_RETURN(auto messages, InferMessages::Create(question, *model, pictures, depth));
  endpoint->inputs_ = messages->inputs();
  endpoint->target_ = std::make_unique<UnaryTarget>(endpoint->channels_, std::move(messages), client.deadline);
  return endpoint;
}

absl::Status LoadEndpoint::Probe(const LoadPictures& pictures, int pictures_per_call,
                                 const Cancellation& interruption) {
  PlannedCall call;
  for (int i = 0; i < pictures_per_call; ++i) call.pictures.push_back(0);
  CallOutcome outcome;
  absl::Notification answered;
  target_->Start(call, [&outcome, &answered](CallOutcome ended) {
    outcome = std::move(ended);
    answered.Notify();
  });
  while (!answered.WaitForNotificationWithTimeout(kTick)) {
    target_->ExpireOverdue();
    if (interruption.cancelled()) target_->CancelAll();
  }
  if (interruption.cancelled()) return absl::CancelledError("interrupted");
  if (outcome.code == 0) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(outcome.code),
                      absl::StrCat("the first call failed: ", CodeName(outcome.code), ": ", outcome.message, " (",
                                   pictures.pictures.front().name, ")"));
}

std::optional<inference::InferStatistics> LoadEndpoint::Statistics() const {
  if (!has_statistics_) return std::nullopt;
  auto statistics = AskKServeStatistics(channels_, model_, version_, absl::Seconds(2));
  if (!statistics.ok()) return std::nullopt;
  return statistics->inference_stats();
}

std::vector<StageTime> LoadEndpoint::StagesBetween(const inference::InferStatistics& before,
                                                   const inference::InferStatistics& after) {
  std::vector<StageTime> stages;
  const auto add = [&stages](const char* name, const inference::StatisticDuration& from,
                             const inference::StatisticDuration& to) {
    if (to.count() <= from.count()) return;
    const double ns = static_cast<double>(to.ns() - from.ns()) / static_cast<double>(to.count() - from.count());
    stages.push_back({.name = name, .mean_ms = ns / 1e6, .p50_ms = {}, .p99_ms = {}});
  };
  add("queue", before.queue(), after.queue());
  add("compute input", before.compute_input(), after.compute_input());
  add("compute infer", before.compute_infer(), after.compute_infer());
  add("compute output", before.compute_output(), after.compute_output());
  add("total", before.success(), after.success());
  return stages;
}

}  // namespace onebyone
