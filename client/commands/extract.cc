#include "client/commands/extract.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client/commands/image_list.h"
#include "client/commands/map_writer.h"
#include "client/commands/shard_manifest.h"
#include "client/feature_client.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// Layers whose names become one file name, in words; empty where all differ.
std::string CollidingLayers(const v1::ExtractFeaturesRequest& request) {
  std::map<std::string, std::string> layers;  // file name -> layer
  for (const v1::FeatureRequest& feature : request.features()) {
    const auto [other, fresh] = layers.emplace(MapFileName("", feature.layer()), feature.layer());
    if (fresh) continue;
    return absl::StrCat("--layer: want layers with different names, got '", other->second, "' and '", feature.layer(),
                        "', which would be one file");
  }
  return "";
}

int Complain(Terminal& terminal, absl::string_view message, ExitCode code) {
  terminal.err << absl::StrCat("onebyone extract: ", message, "\n");
  return code;
}

// What is left of the images, and what earlier runs made of the others.
struct Work {
  std::vector<ImageSource> images;
  int64_t done_before = 0;
  int64_t broken_before = 0;
  std::unique_ptr<ShardManifest> manifest;  // null without a shard
};

// The part of `images` that belongs to the shard and is not done; the request is pinned to one version of the model.
absl::StatusOr<Work> ShardWork(const ExtractOptions& options, const FeatureClient& client,
                               std::vector<ImageSource> images, BatchOptions& bulk, Terminal& terminal) {
  v1::GetModelRequest request;
  request.set_model(bulk.request.model());
  request.set_version(bulk.request.version());
  ASSIGN_OR_RETURN(const v1::GetModelResponse model,
                   client.GetModel(request, {.cancellation = &terminal.interruption}));
  // Features of two versions do not belong together, whichever is served when a shard is begun again.
  bulk.request.set_model(model.summary().name());
  bulk.request.set_version(model.summary().version());
  Work work;
  ASSIGN_OR_RETURN(work.manifest, ShardManifest::Open(options.output, *options.shard, bulk.request));
  for (ImageSource& image : images) {
    if (!IsInShard(image.name, *options.shard)) continue;
    const ShardManifest::State state = work.manifest->StateOf(image);
    if (state == ShardManifest::State::kDone) {
      ++work.done_before;
    } else if (state == ShardManifest::State::kBroken && !options.retry_broken) {
      ++work.broken_before;
    } else {
      work.images.push_back(std::move(image));
    }
  }
  return work;
}

std::string Counted(const Work& work, const BulkOutcome& outcome) {
  std::string counts = absl::StrCat(outcome.done, outcome.done == 1 ? " image" : " images", " done, ",
                                    outcome.failures.size(), " failed");
  if (outcome.not_done > 0) absl::StrAppend(&counts, ", ", outcome.not_done, " not done");
  if (work.manifest == nullptr) return counts;
  absl::StrAppend(&counts, ", ", work.done_before, " done before");
  if (work.broken_before > 0) absl::StrAppend(&counts, ", ", work.broken_before, " known to be broken");
  return counts;
}

std::string Sentence(const Work& work, const BulkOutcome& outcome, int64_t maps, const std::string& folder,
                     absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  std::string sentence = absl::StrCat(Counted(work, outcome), "; ", maps, maps == 1 ? " map in " : " maps in ", folder);
  absl::StrAppend(&sentence, absl::StrFormat("; %.2f s", seconds));
  if (seconds > 0 && outcome.done > 1) {
    absl::StrAppend(&sentence, absl::StrFormat(", %.1f images/s", static_cast<double>(outcome.done) / seconds));
  }
  if (outcome.done > 0) {
    const auto mean_ms = [&outcome](int64_t us) {
      return static_cast<double>(us) * 1e-3 / static_cast<double>(outcome.done);
    };
    absl::StrAppend(&sentence, absl::StrFormat(" (mean of an image in the server, ms: decode %.2f, network %.2f)",
                                               mean_ms(outcome.decode_us), mean_ms(outcome.network_us)));
  }
  return sentence;
}

// Runs what is left; true where nothing is missing at the end but broken images, where those are accepted.
bool RunWork(const ExtractOptions& options, const BatchOptions& bulk, const FeatureClient& client, const Work& work,
             Terminal& terminal) {
  const absl::Time start = absl::Now();
  MapWriter writer(options.output, bulk.request, options.list_maps, terminal);
  const auto write = [&](size_t image, const v1::ImageResult& result) -> absl::Status {
    ASSIGN_OR_RETURN(const auto maps, writer.Write(work.images[image].name, result));
    return work.manifest == nullptr ? absl::OkStatus() : work.manifest->AddDone(work.images[image], maps);
  };
  FailureSink note;
  if (work.manifest != nullptr) {
    // A failure that cannot be noted is still told on standard error, and tried again by the next run.
    note = [&](const ImageFailure& failure) {
      work.manifest->AddFailure(work.images[failure.image], failure).IgnoreError();
    };
  }
  const BulkOutcome outcome = BulkExtraction("extract", client, bulk, work.images, write, terminal, note).Run();
  if (terminal.interruption.cancelled()) Complain(terminal, "interrupted", kFailed);
  absl::Status synced;
  if (work.manifest != nullptr) synced = work.manifest->Sync();
  if (!synced.ok()) Complain(terminal, synced.message(), kFailed);
  terminal.out << Sentence(work, outcome, writer.written(), options.output, absl::Now() - start) << std::endl;
  const bool accepted =
      options.accept_broken && std::all_of(outcome.failures.begin(), outcome.failures.end(), IsBroken);
  const bool none_failed = outcome.failures.empty() && work.broken_before == 0;
  return (none_failed || accepted) && outcome.not_done == 0 && synced.ok();
}

}  // namespace

int ExtractImages(const ExtractOptions& options, Terminal& terminal) {
  const std::string colliding = CollidingLayers(options.bulk.request);
  if (!colliding.empty()) return Complain(terminal, colliding, kWrongUsage);
  if (options.shard && std::find(options.inputs.begin(), options.inputs.end(), "-") != options.inputs.end()) {
    return Complain(terminal, "--shard: want files and folders, got -: standard input cannot be read again",
                    kWrongUsage);
  }
  absl::StatusOr<std::unique_ptr<FeatureClient>> client = FeatureClient::Create(options.client);
  if (!client.ok()) return Complain(terminal, client.status().message(), kWrongUsage);
  absl::StatusOr<ImageList> list = ListImages(options.inputs);
  if (!list.ok()) return Complain(terminal, list.status().message(), kWrongUsage);
  for (const std::string& note : list->notes) Complain(terminal, note, kDone);
  for (const absl::Status& failure : list->failures) Complain(terminal, failure.message(), kFailed);

  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (error) return Complain(terminal, absl::StrCat(options.output, ": cannot be made: ", error.message()), kFailed);

  BatchOptions bulk = options.bulk;
  Work work;
  if (options.shard) {
    absl::StatusOr<Work> part = ShardWork(options, **client, std::move(list->images), bulk, terminal);
    if (!part.ok()) return Complain(terminal, part.status().message(), kFailed);
    work = *std::move(part);
  } else {
    work.images = std::move(list->images);
  }
  const bool complete = RunWork(options, bulk, **client, work, terminal);
  return complete && list->failures.empty() ? kDone : kFailed;
}

}  // namespace onebyone
