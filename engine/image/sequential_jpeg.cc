#include "engine/image/sequential_jpeg.h"

#include "absl/strings/match.h"
#include "engine/image/byte_reader.h"

namespace onebyone {
namespace {

constexpr size_t kCoefficients = 64;
constexpr size_t kCodeLengths = 16;
constexpr size_t kTables = 4;

class HeaderReader {
 public:
  explicit HeaderReader(absl::string_view encoded) : encoded_(encoded) {}

  std::optional<SequentialJpeg> Run() {
    if (!absl::StartsWith(encoded_, "\xFF\xD8")) return std::nullopt;
    for (size_t position = 2; encoded_.size() - position >= 4;) {
      if (ByteAt(encoded_, position) != 0xFF) return std::nullopt;
      const uint32_t marker = ByteAt(encoded_, position + 1);
      const size_t length = BigEndian16(encoded_, position + 2);
      if (length < 2 || length > encoded_.size() - position - 2) return std::nullopt;
      const absl::string_view body = encoded_.substr(position + 4, length - 2);
      position += 2 + length;
      if (marker == 0xDA) return ReadScan(body, position) ? std::optional(jpeg_) : std::nullopt;
      if (!ReadSegment(marker, body)) return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  bool ReadSegment(uint32_t marker, absl::string_view body) {
    switch (marker) {
      case 0xC0:
      case 0xC1: return ReadFrame(body);
      case 0xC4: return ReadHuffmanTables(body);
      case 0xDB: return ReadQuantizationTables(body);
      case 0xDD: return ReadRestartInterval(body);
      case 0xE0: return ReadJfif(body);
      case 0xEE: return ReadAdobe(body);
      case 0xFE: return true;
      default: return marker > 0xE0 && marker <= 0xEF;
    }
  }

  // libjpeg takes three components for YCbCr where any of these says so; what Adobe says counts without JFIF only.
  bool IsYcc() const {
    const auto& component = jpeg_.component;
    return is_jfif_ || is_adobe_ || (component[0].id == 1 && component[1].id == 2 && component[2].id == 3);
  }

  bool ReadJfif(absl::string_view body) {
    is_jfif_ |= body.size() >= 14 && absl::StartsWith(body, absl::string_view("JFIF", 5));
    return true;
  }

  bool ReadAdobe(absl::string_view body) {
    if (body.size() < 12 || !absl::StartsWith(body, "Adobe")) return true;
    is_adobe_ = true;
    return ByteAt(body, 11) == 1;  // YCbCr
  }

  bool ReadRestartInterval(absl::string_view body) {
    if (body.size() != 2) return false;
    jpeg_.restart_interval = BigEndian16(body, 0);
    return true;
  }

  bool ReadQuantizationTables(absl::string_view body) {
    for (; body.size() > kCoefficients; body.remove_prefix(1 + kCoefficients)) {
      const uint32_t table = ByteAt(body, 0);
      if (table >= kTables) return false;  // or of 16 bits a step
      quantization_[table] = body.substr(1, kCoefficients);
    }
    return body.empty();
  }

  bool ReadHuffmanTables(absl::string_view body) {
    while (body.size() > kCodeLengths) {
      const uint32_t table = ByteAt(body, 0);
      if (table >> 4 > 1 || (table & 15) >= kTables) return false;
      size_t symbols = 0;
      for (size_t i = 1; i <= kCodeLengths; ++i) symbols += ByteAt(body, i);
      const size_t bytes = 1 + kCodeLengths + symbols;
      if (symbols > 256 || bytes > body.size()) return false;
      code_[table >> 4][table & 15] = body.substr(1, bytes - 1);
      body.remove_prefix(bytes);
    }
    return body.empty();
  }

  bool ReadFrame(absl::string_view body) {
    if (jpeg_.components != 0 || body.size() < 6 || ByteAt(body, 0) != 8) return false;
    const size_t components = ByteAt(body, 5);
    if ((components != 1 && components != 3) || body.size() != 6 + 3 * components) return false;
    jpeg_.height = BigEndian16(body, 1);
    jpeg_.width = BigEndian16(body, 3);
    jpeg_.components = static_cast<int>(components);
    for (size_t i = 0; i < components; ++i) {
      SequentialJpeg::Component& component = jpeg_.component[i];
      component.id = ByteAt(body, 6 + 3 * i);
      component.horizontal = static_cast<int>(ByteAt(body, 7 + 3 * i) >> 4);
      component.vertical = static_cast<int>(ByteAt(body, 7 + 3 * i) & 15);
      quantization_of_[i] = ByteAt(body, 8 + 3 * i);
      for (size_t j = 0; j < i; ++j) {
        if (jpeg_.component[j].id == component.id) return false;
      }
    }
    return jpeg_.width > 0 && jpeg_.height > 0;
  }

  bool ReadScan(absl::string_view body, size_t entropy_begin) {
    const auto components = static_cast<size_t>(jpeg_.components);
    if (components == 0 || body.size() != 4 + 2 * components || ByteAt(body, 0) != components) return false;
    if (components == 3 && !IsYcc()) return false;
    for (size_t i = 0; i < components; ++i) {
      SequentialJpeg::Component& component = jpeg_.component[i];
      const uint32_t tables = ByteAt(body, 2 + 2 * i);
      const size_t quantization = quantization_of_[i];
      if (ByteAt(body, 1 + 2 * i) != component.id) return false;
      if (tables >> 4 >= kTables || (tables & 15) >= kTables || quantization >= kTables) return false;
      component.quantization = quantization_[quantization];
      component.dc_code = code_[0][tables >> 4];
      component.ac_code = code_[1][tables & 15];
      if (component.quantization.empty() || component.dc_code.empty() || component.ac_code.empty()) return false;
    }
    jpeg_.entropy_begin = entropy_begin;
    // Of a sequential scan: every coefficient, every bit.
    return absl::EndsWith(body, absl::string_view("\0\x3F\0", 3));
  }

  const absl::string_view encoded_;
  SequentialJpeg jpeg_;
  std::array<absl::string_view, kTables> quantization_;
  std::array<size_t, 3> quantization_of_{};                     // of each component: its table
  std::array<std::array<absl::string_view, kTables>, 2> code_;  // DC, AC
  bool is_jfif_ = false;
  bool is_adobe_ = false;
};

}  // namespace

std::optional<SequentialJpeg> ReadSequentialJpeg(absl::string_view encoded) { return HeaderReader(encoded).Run(); }

}  // namespace onebyone
