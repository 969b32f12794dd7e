#include "client/commands/extract.h"

#include <filesystem>
#include <map>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "client/commands/bulk_extraction.h"
#include "client/commands/image_list.h"
#include "client/feature_client.h"

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

std::string Sentence(const ExtractionCounts& counts, const ExtractOptions& options, absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  std::string sentence =
      absl::StrCat(counts.done, counts.done == 1 ? " image" : " images", " done, ", counts.failed, " failed",
                   counts.not_done > 0 ? absl::StrCat(", ", counts.not_done, " not done") : "", "; ", counts.maps,
                   counts.maps == 1 ? " map in " : " maps in ", options.output);
  absl::StrAppend(&sentence, absl::StrFormat("; %.2f s", seconds));
  if (seconds > 0 && counts.done > 1) {
    absl::StrAppend(&sentence, absl::StrFormat(", %.1f images/s", static_cast<double>(counts.done) / seconds));
  }
  if (counts.done > 0) {
    const auto mean_ms = [&counts](int64_t us) {
      return static_cast<double>(us) * 1e-3 / static_cast<double>(counts.done);
    };
    absl::StrAppend(&sentence, absl::StrFormat(" (mean of an image in the server, ms: decode %.2f, network %.2f)",
                                               mean_ms(counts.decode_us), mean_ms(counts.network_us)));
  }
  return sentence;
}

}  // namespace

std::string MapFileName(const std::string& image_name, const std::string& layer) {
  return absl::StrCat(image_name, ".", absl::StrReplaceAll(layer, {{"/", "_"}}), ".npy");
}

int ExtractImages(const ExtractOptions& options, Terminal& terminal) {
  const std::string colliding = CollidingLayers(options.request);
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
  BulkExtraction extraction(**client, options, list->images, terminal);
  const ExtractionCounts counts = extraction.Run();
  if (terminal.interruption.cancelled()) Complain(terminal, "interrupted", kFailed);
  terminal.out << Sentence(counts, options, absl::Now() - start) << std::endl;
  const bool complete = list->failures.empty() && counts.failed == 0 && counts.not_done == 0;
  return complete ? kDone : kFailed;
}

}  // namespace onebyone
