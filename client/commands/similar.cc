#include "client/commands/similar.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "client/commands/image_list.h"
#include "client/commands/model_layers.h"
#include "client/commands/nearest_neighbours.h"
#include "client/commands/neighbour_report.h"
#include "client/feature_client.h"
#include "client/feature_values.h"
#include "client/render/contact_sheet.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr char kPrefix[] = "onebyone similar: ";
constexpr int64_t kMaxFeatureBytes = int64_t{1} << 30;

// All pairs are compared: twice as many images take four times as long.
constexpr size_t kMaxImages = 100'000;

// Lines of the answer, which is put together in memory.
constexpr size_t kMaxLines = 1'000'000;

void Say(Terminal& terminal, absl::string_view message) { terminal.err << absl::StrCat(kPrefix, message, "\n"); }

// How many numbers the answer for one image will have; more than can be kept are told as kMaxFeatureBytes.
int64_t NumbersOf(const v1::FeatureRequest& feature, const v1::Layer& layer) {
  double channels = layer.channels();
  for (const v1::StoredReduction& reduction : layer.reductions()) {
    if (reduction.name() == feature.reduction_name()) channels = reduction.max_channels();
  }
  if (feature.channels() > 0) channels = feature.channels();
  const v1::Pooling& pooling = feature.pooling();
  const bool whole = pooling.kind() == v1::Pooling::NONE;
  const double height = whole ? layer.height() : std::max(1, pooling.grid_height());
  const double width = whole ? layer.width() : std::max(1, pooling.grid_width());
  return static_cast<int64_t>(std::min(channels * height * width, static_cast<double>(kMaxFeatureBytes)));
}

// Puts the features of images into a table; shared by the threads of a run.
class FeatureCollection {
 public:
  FeatureCollection(FeatureTable& table, std::string& reduction) : table_(table), reduction_(reduction) {}

  absl::Status Take(size_t image, const v1::ImageResult& result) {
    ASSIGN_OR_RETURN(const std::vector<float> values, FloatValues(result.features(0)));
    RETURN_IF_ERROR(table_.Set(image, values));
    absl::MutexLock lock(&mutex_);
    reduction_ = result.features(0).reduction();
    return absl::OkStatus();
  }

 private:
  FeatureTable& table_;
  absl::Mutex mutex_;
  std::string& reduction_ ABSL_GUARDED_BY(mutex_);
};

// What the server is asked, with the default layer in its place, and how the answer is described.
struct Question {
  BatchOptions bulk;
  NeighbourReport report;
};

absl::StatusOr<Question> AskModel(const SimilarOptions& options, const FeatureClient& client, Terminal& terminal) {
  v1::GetModelRequest request;
  request.set_model(options.bulk.request.model());
  request.set_version(options.bulk.request.version());
  ASSIGN_OR_RETURN(const v1::GetModelResponse model,
                   client.GetModel(request, {.cancellation = &terminal.interruption}));
  Question question = {.bulk = options.bulk, .report = {}};
  // Of one version, even where another comes while images are sent: features of two cannot be compared.
  question.bulk.request.set_model(model.summary().name());
  question.bulk.request.set_version(model.summary().version());
  v1::FeatureRequest& feature = *question.bulk.request.mutable_features(0);
  if (feature.layer().empty()) {
    if (model.summary().default_layers().empty()) {
      return absl::FailedPreconditionError("the model has no default layer: want --layer NAME");
    }
    feature.set_layer(model.summary().default_layers(0));
  }
  ASSIGN_OR_RETURN(const v1::Layer* layer, FindLayer(model, feature.layer()));
  question.report.model = model.summary().name();
  question.report.version = model.summary().version();
  question.report.layer = feature.layer();
  question.report.numbers = NumbersOf(feature, *layer);
  return question;
}

absl::StatusOr<std::vector<ImageSource>> ImagesOf(const SimilarOptions& options, Terminal& terminal, bool& complete) {
  ImageList list = FindImages(options.inputs);
  for (const std::string& note : list.notes) Say(terminal, note);
  for (const absl::Status& failure : list.failures) Say(terminal, failure.message());
  complete = list.failures.empty();
  if (list.images.size() > kMaxImages) {
    return absl::InvalidArgumentError(absl::StrCat("want at most ", kMaxImages, " images, got ", list.images.size()));
  }
  if (list.images.size() < 2) {
    return absl::InvalidArgumentError(absl::StrCat("want at least 2 images to compare, got ", list.images.size()));
  }
  if (list.images.size() * options.neighbours > kMaxLines) {
    return absl::InvalidArgumentError(absl::StrCat("want at most ", kMaxLines, " neighbours in all, got ",
                                                   list.images.size(), " images with ", options.neighbours,
                                                   " each; fewer --neighbours or fewer images"));
  }
  return std::move(list.images);
}

std::string Described(const NeighbourReport& report) {
  return absl::StrCat(report.layer, report.reduction.empty() ? "" : absl::StrCat(" by ", report.reduction), " of ",
                      report.model, " version ", report.version, ", ", report.numbers,
                      report.numbers == 1 ? " number" : " numbers", " an image");
}

std::string FileNameOf(const ImageSource& image) { return std::filesystem::path(image.path).filename().string(); }

// So many of the images that have neighbours, evenly spread over all.
std::vector<size_t> Spread(const NeighbourReport& report, size_t count) {
  std::vector<size_t> images;
  for (size_t image = 0; image < report.images.size(); ++image) {
    if (!report.neighbours[image].empty()) images.push_back(image);
  }
  const size_t kept = std::min(count, images.size());
  for (size_t i = 0; i < kept; ++i) images[i] = images[i * images.size() / kept];
  images.resize(kept);
  return images;
}

absl::Status WriteSheet(const SimilarOptions& options, const NeighbourReport& report, int64_t compared,
                        Terminal& terminal) {
  const std::vector<size_t> queries = Spread(report, options.sheet_rows);
  ContactSheet sheet = {.title = "Nearest neighbours",
                        .subtitle = absl::StrCat(Described(report), "   |   ", queries.size(), " of ", compared,
                                                 " images, each with its nearest and their cosine"),
                        .rows = {}};
  for (const size_t query : queries) {
    std::vector<ContactTile>& row = sheet.rows.emplace_back();
    row.push_back({query, FileNameOf(report.images[query]), ""});
    for (const Neighbour& neighbour : report.neighbours[query]) {
      row.push_back(
          {neighbour.image, absl::StrFormat("%.4f", neighbour.cosine), FileNameOf(report.images[neighbour.image])});
    }
  }
  const auto read = [&](size_t image) { return ReadImage(report.images[image], terminal.in); };
  ASSIGN_OR_RETURN(const std::string picture, DrawContactSheet(sheet, read, options.sheet));
  return WriteFile(options.sheet, picture);
}

std::string Printed(const NeighbourReport& report, NeighbourForm form) {
  switch (form) {
    case NeighbourForm::kCsv: return NeighbourCsv(report);
    case NeighbourForm::kJson: return NeighbourJson(report);
    default: return NeighbourTable(report);
  }
}

// True where everything went well.
absl::StatusOr<bool> Find(const SimilarOptions& options, Terminal& terminal) {
  const absl::Time start = absl::Now();
  bool complete = true;
  ASSIGN_OR_RETURN(const std::unique_ptr<FeatureClient> client, FeatureClient::Create(options.client));
  ASSIGN_OR_RETURN(std::vector<ImageSource> images, ImagesOf(options, terminal, complete));
  ASSIGN_OR_RETURN(Question question, AskModel(options, *client, terminal));
  NeighbourReport& report = question.report;
  report.images = std::move(images);
  ASSIGN_OR_RETURN(FeatureTable features, FeatureTable::Create(report.images.size(), report.numbers, kMaxFeatureBytes));

  FeatureCollection collection(features, report.reduction);
  const auto take = [&](size_t image, const v1::ImageResult& result) { return collection.Take(image, result); };
  BulkOutcome outcome = BulkExtraction("similar", *client, question.bulk, report.images, take, terminal).Run();
  const auto interrupted = [&terminal] { return terminal.interruption.cancelled(); };
  if (interrupted()) return absl::CancelledError("interrupted");
  report.failures = std::move(outcome.failures);
  const std::string counts =
      absl::StrCat(outcome.done, outcome.done == 1 ? " image" : " images", " compared, ", report.failures.size(),
                   " failed", outcome.not_done > 0 ? absl::StrCat(", ", outcome.not_done, " not done") : "");
  if (outcome.done < 2) {
    return absl::FailedPreconditionError(absl::StrCat("want at least 2 images with features, got: ", counts));
  }
  ASSIGN_OR_RETURN(report.neighbours, NearestNeighbours(features, options.neighbours, interrupted));

  terminal.out << Printed(report, options.form) << std::flush;
  if (!options.sheet.empty()) RETURN_IF_ERROR(WriteSheet(options, report, outcome.done, terminal));
  Say(terminal, absl::StrCat(counts, "; ", Described(report),
                             absl::StrFormat("; %.2f s", absl::ToDoubleSeconds(absl::Now() - start)),
                             options.sheet.empty() ? "" : absl::StrCat(" -> ", options.sheet)));
  return complete && report.failures.empty() && outcome.not_done == 0;
}

// What makes no sense before anything is asked.
absl::Status CheckUsage(const SimilarOptions& options) {
  RETURN_IF_ERROR(options.client.Validate());
  if (std::find(options.inputs.begin(), options.inputs.end(), "-") != options.inputs.end()) {
    return absl::InvalidArgumentError("want folders and files, got -: an image is read again to be drawn");
  }
  if (options.sheet.empty()) return absl::OkStatus();
  if (!IsSheetName(options.sheet)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--output: want a file named .png, .jpg or .jpeg, got '", options.sheet, "'"));
  }
  return CheckContactSheet(options.sheet_rows, options.neighbours + 1);
}

}  // namespace

int FindSimilar(const SimilarOptions& options, Terminal& terminal) {
  if (const absl::Status usage = CheckUsage(options); !usage.ok()) {
    Say(terminal, usage.message());
    return kWrongUsage;
  }
  const absl::StatusOr<bool> complete = Find(options, terminal);
  if (!complete.ok()) Say(terminal, complete.status().message());
  return complete.ok() && *complete ? kDone : kFailed;
}

}  // namespace onebyone
