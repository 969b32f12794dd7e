#include "client/commands/shard_manifest.h"

#include <fcntl.h>
#include <google/protobuf/util/json_util.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

namespace fs = std::filesystem;
using config::v1::ManifestLine;

// A string that JSON can hold, different for different bytes.
std::string Shown(absl::string_view bytes) {
  return IsUtf8(bytes) && !absl::StrContains(bytes, '\\') ? std::string(bytes) : absl::CHexEscape(bytes);
}

// The bytes that Shown was given.
std::string Unshown(const std::string& text) {
  std::string bytes;
  return absl::StrContains(text, '\\') && absl::CUnescape(text, &bytes) ? bytes : text;
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  // Fails for messages with Any alone, and for strings that are no UTF-8; ours have neither.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "";
  return json;
}

// Only what was set: the same question is the same text when there are more fields to ask for.
std::string QuestionText(const v1::ExtractFeaturesRequest& question) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(question, &json, options).ok()) return Shown(question.DebugString());
  return json;
}

absl::Status Failed(const std::string& path, absl::string_view verb) {
  return absl::UnavailableError(absl::StrCat(path, ": cannot be ", verb, ": ", std::strerror(errno)));
}

bool IsManifest(const std::string& file_name) {
  return absl::StartsWith(file_name, "manifest.") && absl::EndsWith(file_name, ".jsonl") &&
         absl::StrContains(file_name, "-of-");
}

absl::StatusOr<std::vector<std::string>> ManifestsIn(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (IsManifest(entry->path().filename().string())) paths.push_back(entry->path().string());
  }
  if (error) return absl::UnavailableError(absl::StrCat(folder, ": ", error.message()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

bool IsBroken(const ImageFailure& failure) {
  return failure.part == FailedPart::kImage && absl::IsInvalidArgument(failure.reason);
}

ShardManifest::ShardManifest(std::string folder, std::string path, Shard shard)
    : folder_(std::move(folder)), path_(std::move(path)), shard_(shard) {}

ShardManifest::~ShardManifest() {
  absl::MutexLock lock(&mutex_);
  if (file_ >= 0) close(file_);  // the lock goes with it
}

absl::StatusOr<std::unique_ptr<ShardManifest>> ShardManifest::Open(const std::string& folder, const Shard& shard,
                                                                   const v1::ExtractFeaturesRequest& question) {
  const std::string path = absl::StrCat(folder, "/manifest.", shard.index, "-of-", shard.count, ".jsonl");
  auto manifest = std::unique_ptr<ShardManifest>(new ShardManifest(folder, path, shard));
  const std::string text = QuestionText(question);
  RETURN_IF_ERROR(manifest->Begin(text));  // first the lock: what is read then does not change
  ASSIGN_OR_RETURN(const std::vector<std::string> paths, ManifestsIn(folder));
  for (const std::string& other : paths) RETURN_IF_ERROR(manifest->Read(other, text));
  return manifest;
}

// Opens and locks the shard's own file, removes what was cut off, and writes the head of a new one.
absl::Status ShardManifest::Begin(const std::string& question) {
  {
    absl::MutexLock lock(&mutex_);
    file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file_ < 0) return Failed(path_, "opened");
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return Failed(path_, "locked");
      return absl::UnavailableError(
          absl::StrCat(path_, ": another process works on shard ", shard_.index, "/", shard_.count));
    }
  }
  ASSIGN_OR_RETURN(const std::string content, ReadFile(path_));
  {
    absl::MutexLock lock(&mutex_);
    size_ = static_cast<int64_t>(content.rfind('\n') + 1);  // npos + 1: 0
    if (ftruncate(file_, size_) != 0) return Failed(path_, "written");
    if (size_ > 0) return absl::OkStatus();
  }
  ManifestLine line;
  line.mutable_head()->set_shard(shard_.index);
  line.mutable_head()->set_shards(shard_.count);
  line.mutable_head()->set_question(question);
  return Append(line);
}

absl::Status ShardManifest::Read(const std::string& path, const std::string& question) {
  ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  int64_t number = 0;
  for (size_t at = 0, end = 0; (end = content.find('\n', at)) != std::string::npos; at = end + 1) {
    ++number;
    ManifestLine line;
    const auto parsed = google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(content.data() + at, end - at), &line, options);
    if (number == 1 && !(parsed.ok() && line.has_head())) {
      return absl::DataLossError(absl::StrCat(path, ": want a manifest's head as its first line; remove the file to ",
                                              "begin its shard anew"));
    }
    if (line.has_head() && line.head().question() != question) {
      return absl::FailedPreconditionError(absl::StrCat(path, ": the maps there answer another question: want another ",
                                                        "--output for ", question, ", got ", line.head().question()));
    }
    if (!parsed.ok() || line.has_head()) continue;  // spoilt by a crash of the machine: that image is done again
    const std::string image = Unshown(line.has_done() ? line.done().image() : line.failed().image());
    if (!IsInShard(image, shard_)) continue;
    Known& known = known_[image];
    known = {.done = line.has_done(), .broken = line.failed().broken(), .maps = {}};
    if (known.done) known.maps.assign(line.done().maps().begin(), line.done().maps().end());
  }
  return absl::OkStatus();
}

ShardManifest::State ShardManifest::StateOf(const ImageSource& image) const {
  const auto found = known_.find(image.name);
  if (found == known_.end()) return State::kOpen;
  if (found->second.broken) return State::kBroken;
  if (!found->second.done) return State::kOpen;
  for (const config::v1::MapFile& map : found->second.maps) {
    std::error_code error;
    const auto bytes = fs::file_size(fs::path(folder_) / Unshown(map.file()), error);
    if (error || static_cast<int64_t>(bytes) != map.bytes()) return State::kOpen;
  }
  return State::kDone;
}

absl::Status ShardManifest::AddDone(const ImageSource& image, const std::vector<config::v1::MapFile>& maps) {
  ManifestLine line;
  line.mutable_done()->set_image(Shown(image.name));
  line.mutable_done()->set_path(Shown(image.path));
  for (const config::v1::MapFile& map : maps) {
    config::v1::MapFile& written = *line.mutable_done()->add_maps();
    written.set_file(Shown(map.file()));
    written.set_bytes(map.bytes());
  }
  return Append(line);
}

absl::Status ShardManifest::AddFailure(const ImageSource& image, const ImageFailure& failure) {
  ManifestLine line;
  line.mutable_failed()->set_image(Shown(image.name));
  line.mutable_failed()->set_path(Shown(image.path));
  line.mutable_failed()->set_code(absl::StatusCodeToString(failure.reason.code()));
  line.mutable_failed()->set_message(Shown(failure.reason.message()));
  line.mutable_failed()->set_broken(IsBroken(failure));
  return Append(line);
}

absl::Status ShardManifest::Append(const ManifestLine& line) {
  const std::string text = ToJson(line) + "\n";
  absl::MutexLock lock(&mutex_);
  const ssize_t written = write(file_, text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) {
    size_ += written;
    return absl::OkStatus();
  }
  const absl::Status status = Failed(path_, "written");
  // A full disk takes a part of it; the next line must not follow that part.
  if (written > 0 && ftruncate(file_, size_) != 0) return Failed(path_, "mended");
  return status;
}

absl::Status ShardManifest::Sync() {
  absl::MutexLock lock(&mutex_);
  return fsync(file_) == 0 ? absl::OkStatus() : Failed(path_, "synchronized");
}

}  // namespace onebyone
