#include "server/observability/access_entry.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/json.h"

namespace onebyone {
namespace {

constexpr size_t kMostText = 256;

// Never half of a UTF-8 character.
absl::string_view Cut(absl::string_view text) {
  size_t length = std::min(text.size(), kMostText);
  while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
  return text.substr(0, length);
}

bool IsPlain(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '"' && c != '=' && c != '\\';
  });
}

// Members of a line in either format.
class Line {
 public:
  explicit Line(LogFormat format) : format_(format) {}

  // An empty text is left out.
  void Text(absl::string_view key, absl::string_view text) {
    if (text.empty()) return;
    const absl::string_view cut = Cut(text);
    if (format_ == LogFormat::kJson) {
      json_.String(key, cut);
    } else {
      Add(key, IsPlain(cut) ? std::string(cut) : absl::StrCat("\"", absl::Utf8SafeCEscape(cut), "\""));
    }
  }
  void Number(absl::string_view key, int64_t number) {
    if (format_ == LogFormat::kJson) {
      json_.Integer(key, number);
    } else {
      Add(key, absl::StrCat(number));
    }
  }
  std::string ToString() const { return format_ == LogFormat::kJson ? json_.ToString() : text_; }

 private:
  void Add(absl::string_view key, absl::string_view value) {
    absl::StrAppend(&text_, text_.empty() ? "" : " ", key, "=", value);
  }

  const LogFormat format_;
  JsonObject json_;
  std::string text_;
};

void AddRequest(const RequestSummary& request, Line& line) {
  line.Text("request_id", request.request_id);
  line.Text("model", request.model);
  if (request.version != 0) line.Number("version", request.version);
  line.Text("layers", request.layers);
  line.Number("images", request.images);
  line.Number("failed_images", request.failed_images);
  line.Number("cached_images", request.cached_images);
  line.Number("image_bytes", request.image_bytes);
  line.Number("answer_bytes", request.answer_bytes);
  line.Number("queue_us", request.timing.queue_us());
  line.Number("decode_us", request.timing.decode_us());
  line.Number("preprocess_us", request.timing.preprocess_us());
  line.Number("network_us", request.timing.network_us());
  line.Number("reduce_us", request.timing.reduce_us());
  line.Number("encode_us", request.timing.encode_us());
}

}  // namespace

std::string FormatAccess(const AccessEntry& entry, LogFormat format) {
  Line line(format);
  line.Text("time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", entry.time, absl::UTCTimeZone()));
  if (entry.origin != nullptr) {
    line.Text("id", entry.origin->id);
    line.Text("traceparent", entry.origin->traceparent);
    line.Text("peer", entry.origin->peer);
    line.Text("method", entry.origin->method);
  }
  if (entry.request != nullptr) AddRequest(*entry.request, line);
  line.Number("total_us", absl::ToInt64Microseconds(entry.total));
  line.Text("code", entry.code);
  line.Text("message", entry.message);
  return line.ToString();
}

}  // namespace onebyone
