#include "client/commands/extract.h"

#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "client/commands/image_list.h"
#include "client/commands/map_summary.h"
#include "client/feature_client.h"
#include "client/feature_values.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr char kPrefix[] = "onebyone extract: ";

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
  terminal.err << absl::StrCat(kPrefix, message, "\n");
  return code;
}

// Writes the maps of images as files; shared by the threads of a run.
class MapWriter {
 public:
  MapWriter(const ExtractOptions& options, const std::vector<ImageSource>& images, Terminal& terminal)
      : options_(options), images_(images), terminal_(terminal) {}

  absl::Status Write(size_t image, const v1::ImageResult& result) {
    const std::string& name = images_[image].name;
    for (int i = 0; i < result.features_size(); ++i) {
      const v1::FeatureMap& map = result.features(i);
      const std::string& layer = options_.bulk.request.features(i).layer();
      const std::string path = absl::StrCat(options_.output, "/", MapFileName(name, layer));
      ASSIGN_OR_RETURN(const std::string file, NpyFile(map));
      RETURN_IF_ERROR(WriteFile(path, file));
      absl::MutexLock lock(&mutex_);
      ++written_;
      if (!options_.list_maps) continue;
      ASSIGN_OR_RETURN(const std::string summary, SummarizeMap(map));
      terminal_.out << absl::StrCat(name, ": ", summary, " -> ", path, "\n");
    }
    return absl::OkStatus();
  }

  int64_t written() const {
    absl::MutexLock lock(&mutex_);
    return written_;
  }

 private:
  const ExtractOptions& options_;
  const std::vector<ImageSource>& images_;
  Terminal& terminal_;
  mutable absl::Mutex mutex_;
  int64_t written_ ABSL_GUARDED_BY(mutex_) = 0;
};

std::string Sentence(const BulkOutcome& outcome, int64_t maps, const std::string& folder, absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  std::string sentence =
      absl::StrCat(outcome.done, outcome.done == 1 ? " image" : " images", " done, ", outcome.failures.size(),
                   " failed", outcome.not_done > 0 ? absl::StrCat(", ", outcome.not_done, " not done") : "", "; ", maps,
                   maps == 1 ? " map in " : " maps in ", folder);
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

}  // namespace

std::string MapFileName(const std::string& image_name, const std::string& layer) {
  return absl::StrCat(image_name, ".", absl::StrReplaceAll(layer, {{"/", "_"}}), ".npy");
}

int ExtractImages(const ExtractOptions& options, Terminal& terminal) {
  const std::string colliding = CollidingLayers(options.bulk.request);
  if (!colliding.empty()) return Complain(terminal, colliding, kWrongUsage);
  absl::StatusOr<std::unique_ptr<FeatureClient>> client = FeatureClient::Create(options.client);
  if (!client.ok()) return Complain(terminal, client.status().message(), kWrongUsage);
  absl::StatusOr<ImageList> list = ListImages(options.inputs);
  if (!list.ok()) return Complain(terminal, list.status().message(), kWrongUsage);
  for (const std::string& note : list->notes) Complain(terminal, note, kDone);
  for (const absl::Status& failure : list->failures) Complain(terminal, failure.message(), kFailed);

  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (error) return Complain(terminal, absl::StrCat(options.output, ": cannot be made: ", error.message()), kFailed);

  const absl::Time start = absl::Now();
  MapWriter writer(options, list->images, terminal);
  const auto write = [&writer](size_t image, const v1::ImageResult& result) { return writer.Write(image, result); };
  BulkExtraction extraction("extract", **client, options.bulk, list->images, write, terminal);
  const BulkOutcome outcome = extraction.Run();
  if (terminal.interruption.cancelled()) Complain(terminal, "interrupted", kFailed);
  terminal.out << Sentence(outcome, writer.written(), options.output, absl::Now() - start) << std::endl;
  const bool complete = list->failures.empty() && outcome.failures.empty() && outcome.not_done == 0;
  return complete ? kDone : kFailed;
}

}  // namespace onebyone
