#include "engine/bundle/reduction_list.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle_location.h"
#include "engine/bundle/config_text.h"
#include "engine/bundle/float_array.h"
#include "engine/bundle/reduction_reader.h"
#include "engine/bundle/sha256.h"

namespace onebyone {
namespace {

using ConfigList = config::v1::ReductionList;

constexpr int64_t kMaxFileBytes = int64_t{16} << 20;  // 64 reductions with their shares, a line each
constexpr int kMaxReductions = 64;                    // each may hold 64 MiB of weights
constexpr size_t kMaxNameInFile = 100;
constexpr size_t kDigestInFile = 12;
constexpr char kFilePrefix[] = "reduction.";

std::string PathIn(const std::string& folder) { return absl::StrCat(folder, "/", kReductionsFile); }

// "reduction.pca_inception_4e_output.weights.0f3a...npy": a name for people and the digest of the content.
absl::StatusOr<std::string> FileNameFor(const std::string& reduction, absl::string_view part,
                                        absl::string_view content) {
  ASSIGN_OR_RETURN(const std::string digest, Sha256Of(content));
  std::string readable;
  for (const char c : reduction.substr(0, kMaxNameInFile)) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
    if (plain) readable.push_back(c);
    if (!plain && !readable.empty() && readable.back() != '_') readable.push_back('_');
  }
  return absl::StrCat(kFilePrefix, readable, ".", part, ".", digest.substr(0, kDigestInFile), ".npy");
}

absl::StatusOr<std::string> WriteArray(const std::string& folder, const std::string& reduction, absl::string_view part,
                                       const Tensor& tensor) {
  const std::string content = FormatFloatArray(tensor);
  ASSIGN_OR_RETURN(std::string name, FileNameFor(reduction, part, content));
  RETURN_IF_ERROR(WriteFile(absl::StrCat(folder, "/", name), content));
  return name;
}

absl::StatusOr<config::v1::StoredReduction> WriteArrays(const std::string& folder, const Reduction& reduction) {
  config::v1::StoredReduction config;
  config.set_name(reduction.name);
  config.set_layer(reduction.layer);
  const bool is_head = reduction.kind == Reduction::Kind::kHead;
  config.set_kind(is_head ? config::v1::StoredReduction::HEAD : config::v1::StoredReduction::FITTED);
  config.set_images(reduction.images);
  config.set_relu(reduction.relu);
  ASSIGN_OR_RETURN(*config.mutable_weights(), WriteArray(folder, reduction.name, "weights", reduction.weights));
  if (reduction.bias) {
    ASSIGN_OR_RETURN(*config.mutable_bias(), WriteArray(folder, reduction.name, "bias", *reduction.bias));
  }
  if (const auto& hidden = reduction.hidden) {
    config::v1::PointwiseConvolution& stored = *config.mutable_hidden();
    stored.set_relu(hidden->relu);
    ASSIGN_OR_RETURN(*stored.mutable_weights(), WriteArray(folder, reduction.name, "hidden_weights", hidden->weights));
    if (hidden->bias) {
      ASSIGN_OR_RETURN(*stored.mutable_bias(), WriteArray(folder, reduction.name, "hidden_bias", *hidden->bias));
    }
  }
  config.mutable_explained_variance()->Add(reduction.explained_variance.begin(), reduction.explained_variance.end());
  for (const ChannelRange& range : reduction.ranges) {
    config::v1::ChannelRange& stored = *config.add_ranges();
    stored.set_low(range.low);
    stored.set_high(range.high);
  }
  return config;
}

absl::flat_hash_set<std::string> FilesOf(const ConfigList& list) {
  absl::flat_hash_set<std::string> files;
  for (const config::v1::StoredReduction& reduction : list.reductions()) {
    files.insert({reduction.weights(), reduction.bias(), reduction.hidden().weights(), reduction.hidden().bias()});
  }
  return files;
}

// What an old list named and a new one does not, of the files that this program names; best effort.
void RemoveStale(const std::string& folder, const ConfigList& old_list, const ConfigList& new_list) {
  const absl::flat_hash_set<std::string> wanted = FilesOf(new_list);
  for (const std::string& name : FilesOf(old_list)) {
    if (!absl::StartsWith(name, kFilePrefix) || wanted.contains(name)) continue;
    if (const auto path = BundleFile(folder, kReductionsFile, name); path.ok()) {
      std::error_code ignored;
      std::filesystem::remove(*path, ignored);
    }
  }
}

absl::StatusOr<ConfigList> ReadList(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(PathIn(folder), kMaxFileBytes));
  return ParseReductionsText(text, PathIn(folder));
}

}  // namespace

absl::StatusOr<ReductionList> ReadReductionList(const std::string& folder, const std::string& model_sha256) {
  ASSIGN_OR_RETURN(const ConfigList list, ReadList(folder));
  const auto wrong = [&](absl::string_view message) {
    return absl::InvalidArgumentError(absl::StrCat(PathIn(folder), ": ", message));
  };
  if (list.model_sha256() != model_sha256) {
    return wrong(absl::StrCat("model_sha256: want that of ", kModelFile, ", ", model_sha256, ", got '",
                              list.model_sha256(),
                              "'; it is of another model: remove it and run onebyone-model fit-reduction again"));
  }
  if (list.reductions_size() > kMaxReductions) {
    return wrong(absl::StrCat("reductions: want at most ", kMaxReductions, " entries, got ", list.reductions_size()));
  }
  ReductionList reductions;
  for (int i = 0; i < list.reductions_size(); ++i) {
    absl::StatusOr<Reduction> read = ReadReduction(folder, absl::StrCat("reductions[", i, "]"), list.reductions(i));
    if (!read.ok()) return wrong(read.status().message());
    reductions.push_back(std::make_shared<const Reduction>(*std::move(read)));
  }
  return reductions;
}

absl::Status WriteReductionList(const std::string& folder, const std::string& model_sha256,
                                const ReductionList& reductions) {
  if (reductions.size() > kMaxReductions) {
    return absl::InvalidArgumentError(
        absl::StrCat("reductions: want at most ", kMaxReductions, " in a bundle, got ", reductions.size()));
  }
  const ConfigList old_list = ReadList(folder).value_or(ConfigList());
  ConfigList list;
  list.set_model_sha256(model_sha256);
  for (const std::shared_ptr<const Reduction>& reduction : reductions) {
    ASSIGN_OR_RETURN(*list.add_reductions(), WriteArrays(folder, *reduction));
  }
  RETURN_IF_ERROR(WriteFile(PathIn(folder), FormatReductionsText(list)));
  RemoveStale(folder, old_list, list);
  return absl::OkStatus();
}

}  // namespace onebyone
