#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/npy.h"
#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "tests/fuzz/seed_networks.h"
#include "tests/image/encoded.h"
#include "tests/image/encoded_jpeg.h"
#include "tests/image/encoded_png.h"

// Writes the seeds of the fuzzers whose inputs are not text: make_fuzz_seeds tests/fuzz/corpus

namespace onebyone::testing {
namespace {

class SeedWriter {
 public:
  explicit SeedWriter(std::string corpus) : corpus_(std::move(corpus)) {}

  void Write(const std::string& fuzzer, const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(absl::StrCat(corpus_, "/", fuzzer));
    std::ofstream(absl::StrCat(corpus_, "/", fuzzer, "/", name), std::ios::binary) << bytes;
  }

  void WriteImage(const std::string& name, const std::string& bytes) const {
    Write("image_decoder", name, bytes);
    Write("image_header", name, bytes);
  }

 private:
  const std::string corpus_;
};

void WriteJpegs(const SeedWriter& seeds) {
  const Picture picture = Waves(24, 20);
  for (const auto& [name, parts] : {
           std::pair<std::string, JpegParts>{"gray", {.gray = true}},
           {"420", {}},
           {"422", {.vertical = 1}},
           {"440", {.horizontal = 1}},
           {"444", {.horizontal = 1, .vertical = 1}},
           {"411", {.horizontal = 4}},
           {"restarts", {.restart_interval = 1}},
           {"own_tables", {.quality = 40, .own_tables = true}},
           {"rgb", {.horizontal = 1, .vertical = 1, .rgb = true, .adobe_marker = true, .jfif_marker = false}},
           {"progressive", {.progressive = true}},
       }) {
    const std::string jpeg = EncodeJpeg(picture, parts);
    seeds.WriteImage(name + ".jpg", jpeg);
    seeds.Write("eighth_jpeg", name + ".jpg", jpeg);
  }
  seeds.Write("eighth_jpeg", "noise.jpg", EncodeJpeg(Noise(17, 33, 1), {.quality = 98}));
  seeds.WriteImage("cmyk.jpg", EncodeCmykJpeg(8, 8, std::vector<uint8_t>(256, 99), /*adobe=*/true));
  seeds.WriteImage("turned.jpg", WithJpegSegment(EncodeJpeg(picture, 60), 0xE1, Exif(6)));
  seeds.WriteImage("turned_big_endian.jpg", WithJpegSegment(EncodeJpeg(picture, 60), 0xE1, Exif(3, true)));
}

void WritePngs(const SeedWriter& seeds) {
  for (const int color : {0, 2, 3, 4, 6}) {
    for (const int depth : {1, 2, 4, 8, 16}) {
      const bool allowed = color == 0 || (color == 3 ? depth < 16 : depth >= 8);
      if (!allowed) continue;
      PngParts parts;
      parts.width = 9;
      parts.height = 7;
      parts.color = color;
      parts.depth = depth;
      parts.interlaced = depth != 8;
      const int channels = color == 2 ? 3 : color == 4 ? 2 : color == 6 ? 4 : 1;
      for (int i = 0; i < 9 * 7 * channels; ++i) parts.samples.push_back(i * 113 % (1 << depth));
      if (color == 3) {
        parts.before_image =
            PngChunkBytes("PLTE", std::string(3 << depth, 'p')) + PngChunkBytes("tRNS", std::string(2, 'a'));
      }
      seeds.WriteImage(absl::StrCat("color", color, "_depth", depth, ".png"), EncodePng(parts));
    }
  }
}

void WriteOtherImages(const SeedWriter& seeds) {
  const Picture picture = Waves(24, 20);
  seeds.WriteImage("lossy.webp", EncodeWebp(picture, false));
  seeds.WriteImage("lossless.webp", EncodeWebp(picture, true));
  seeds.WriteImage("alpha.webp", EncodeAlphaWebp(picture, 77, false));
  seeds.WriteImage("turned.webp", WithWebpExif(EncodeWebp(picture, false), 24, 20, Exif(5)));
  const std::string bmp = EncodeBmp(Waves(9, 7));
  seeds.WriteImage("bits24.bmp", bmp);
  std::string top_down = bmp;
  top_down.replace(22, 4, LittleEndian(static_cast<uint32_t>(-7), 4));
  seeds.WriteImage("top_down.bmp", top_down);
  // 8 bits a pixel, run-length encoded: a palette of two colours, then runs, a delta, and the end.
  const std::string palette = LittleEndian(0x00FF8040, 4) + LittleEndian(0x00102030, 4);
  const std::string runs("\x05\x01\x00\x03\x00\x01\x00\x00\x00\x00\x00\x02\x01\x01\x03\x00\x00\x01", 18);
  const std::string header = LittleEndian(40, 4) + LittleEndian(8, 4) + LittleEndian(4, 4) + LittleEndian(1, 2) +
                             LittleEndian(8, 2) + LittleEndian(1, 4) +
                             LittleEndian(static_cast<uint32_t>(runs.size()), 4) + std::string(8, '\0') +
                             LittleEndian(2, 4) + LittleEndian(0, 4);
  const uint32_t pixels_at = static_cast<uint32_t>(14 + header.size() + palette.size());
  seeds.WriteImage("runs.bmp", "BM" + LittleEndian(pixels_at + static_cast<uint32_t>(runs.size()), 4) +
                                   LittleEndian(0, 4) + LittleEndian(pixels_at, 4) + header + palette + runs);
}

void WriteArrays(const SeedWriter& seeds) {
  seeds.Write("npy", "scalar.npy", FormatNpy("<f4", {}, std::string(4, '\0')));
  seeds.Write("npy", "vector.npy", FormatNpy("<f2", {3}, "abcdef"));
  seeds.Write("npy", "matrix.npy", FormatNpy("|u1", {2, 3}, "abcdef"));
  seeds.Write("npy", "empty.npy", FormatNpy("<i8", {0, 5}, ""));
  const std::string list = "model_sha256: '5ha'\nreductions { name: 'r' layer: 'x' weights: 'f.npy' }\n";
  const std::string floats(24, '\0');
  seeds.Write("reductions", "with_file", list + std::string(1, '\0') + FormatNpy("<f4", {2, 3}, floats));
}

void WriteExtractRequests(const SeedWriter& seeds) {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content("picture");
  seeds.Write("extract_request", "default_layers", request.SerializeAsString());
  request.set_model("tiny");
  request.set_version(3);
  request.mutable_images(0)->set_id("first");
  request.add_images()->set_content(EncodePng(Waves(40, 36)));
  v1::FeatureRequest* feature = request.add_features();
  feature->set_layer("block/output");
  seeds.Write("extract_request", "whole", request.SerializeAsString());
  feature->set_channels(6);
  feature->set_reduction(v1::RANDOM_PROJECTION);
  feature->set_seed(7);
  seeds.Write("extract_request", "random", request.SerializeAsString());
  feature->set_reduction(v1::STORED);
  feature->set_seed(0);
  feature->set_channels(5);
  feature->set_l2_normalize(true);
  v1::FeatureRequest& head = *request.add_features();
  head.set_layer("features");
  head.set_reduction_name("head");
  head.mutable_pooling()->set_kind(v1::Pooling::GENERALIZED_MEAN);
  head.mutable_pooling()->set_grid_height(2);
  head.mutable_pooling()->set_grid_width(3);
  head.mutable_pooling()->set_exponent(3);
  request.set_priority(v1::BULK);
  request.set_decode(v1::SCALED);
  seeds.Write("extract_request", "reduced", request.SerializeAsString());
  request.set_input_size(v1::NATIVE);
  seeds.Write("extract_request", "native", request.SerializeAsString());
}

inference::ModelInferRequest InferRequestOf(const std::string& datatype, const std::vector<int64_t>& shape) {
  inference::ModelInferRequest request;
  request.set_model_name("tiny");
  request.set_id("call");
  auto& input = *request.add_inputs();
  input.set_name("image");
  input.set_datatype(datatype);
  input.mutable_shape()->Add(shape.begin(), shape.end());
  return request;
}

void WriteInferRequests(const SeedWriter& seeds) {
  inference::ModelInferRequest raw = InferRequestOf("BYTES", {2, 1});
  raw.add_raw_input_contents(LittleEndian(3, 4) + "cat" + LittleEndian(3, 4) + "dog");
  raw.add_outputs()->set_name("block/output");
  (*raw.mutable_outputs(0)->mutable_parameters())["channels"].set_int64_param(6);
  (*raw.mutable_parameters())["input_size"].set_string_param("squash");
  (*raw.mutable_parameters())["priority"].set_uint64_param(1);
  (*raw.mutable_parameters())["timeout"].set_int64_param(1000000);
  seeds.Write("infer_request", "bytes_raw", raw.SerializeAsString());
  inference::ModelInferRequest contents = InferRequestOf("BYTES", {1});
  contents.mutable_inputs(0)->mutable_contents()->add_bytes_contents(EncodePng(Waves(40, 36)));
  (*contents.mutable_parameters())["input_size"].set_string_param("native");
  seeds.Write("infer_request", "bytes_contents", contents.SerializeAsString());
  inference::ModelInferRequest pixels = InferRequestOf("UINT8", {1, 2, 2, 3});
  for (uint32_t i = 0; i < 12; ++i) pixels.mutable_inputs(0)->mutable_contents()->add_uint_contents(20 * i);
  seeds.Write("infer_request", "uint8_contents", pixels.SerializeAsString());
  inference::ModelInferRequest raw_pixels = InferRequestOf("UINT8", {2, 1, 2, 3});
  raw_pixels.add_raw_input_contents("abcdefghijkl");
  seeds.Write("infer_request", "uint8_raw", raw_pixels.SerializeAsString());
  inference::ModelInferRequest floats = InferRequestOf("FP32", {1, 3, 32, 32});
  floats.add_raw_input_contents(std::string(size_t{4} * 3 * 32 * 32, '\0'));
  seeds.Write("infer_request", "fp32_raw", floats.SerializeAsString());

  const std::string two = LittleEndian(3, 4) + "cat" + LittleEndian(0, 4);
  seeds.Write("kserve_bytes", "two", std::string("\x02\x00", 2) + two);
  seeds.Write("kserve_bytes", "two_in_a_column", std::string("\x02\x01", 2) + two);
  seeds.Write("kserve_bytes", "one_short", std::string("\x01\x00", 2) + LittleEndian(4, 4) + "cat");
  seeds.Write("kserve_bytes", "longest", std::string("\x01\x00", 2) + LittleEndian(0xFFFFFFFF, 4) + "cat");
}

std::string Http2Frame(uint8_t type, uint8_t flags, uint8_t stream, absl::string_view payload) {
  const std::string head = {static_cast<char>(payload.size() >> 16),
                            static_cast<char>(payload.size() >> 8),
                            static_cast<char>(payload.size()),
                            static_cast<char>(type),
                            static_cast<char>(flags),
                            0,
                            0,
                            0,
                            static_cast<char>(stream)};
  return absl::StrCat(head, payload);
}

void WriteHeaderBlocks(const SeedWriter& seeds) {
  constexpr uint8_t kData = 0;
  constexpr uint8_t kHeaders = 1;
  constexpr uint8_t kSettings = 4;
  constexpr uint8_t kContinuation = 9;
  constexpr uint8_t kEndHeaders = 4;
  constexpr uint8_t kHasPriority = 0x20;
  const std::string whole("\0\x3f", 2);  // HTTP/2, in parts of 64 bytes
  const std::string parts(2, '\0');      // of one
  const std::string fields = absl::StrCat("\x82\x86\x41\x0fwww.example.com", "\x40\x04name\x05value",
                                          absl::string_view("\0\x02te\x08trailers", 13), "\x3f\xe1\x1f",
                                          "\x0f\x0d\x02ok\x04\x7f\x23", std::string(162, 'v'));
  const std::string call = absl::StrCat(Http2Frame(kSettings, 0, 0, ""), Http2Frame(kHeaders, kEndHeaders, 1, fields),
                                        Http2Frame(kData, 1, 1, "message"));
  seeds.Write("header_blocks", "call", whole + call);
  seeds.Write("header_blocks", "call_by_bytes", parts + call);
  seeds.Write("header_blocks", "trailers", absl::StrCat(whole, call, Http2Frame(kHeaders, 5, 1, fields)));
  seeds.Write("header_blocks", "priority",
              absl::StrCat(parts, Http2Frame(kHeaders, kEndHeaders | kHasPriority, 1, absl::StrCat("prior", fields))));
  std::string continued = Http2Frame(kHeaders, 0, 3, fields);
  for (int i = 0; i < 12; ++i) continued += Http2Frame(kContinuation, 0, 3, fields);
  seeds.Write("header_blocks", "continued", whole + continued);
  seeds.Write("header_blocks", "tiny_fields",
              absl::StrCat(parts, Http2Frame(kHeaders, 0, 1, std::string(100, '\x95')),
                           Http2Frame(kContinuation, kEndHeaders, 1, std::string(23, '\x95'))));
  seeds.Write("header_blocks", "not_http2", absl::StrCat("\x01\x3f", "GET / HTTP/1.1\r\n"));
}

// Choices are bytes: a few of every kind of network, precision and kernel.
void WriteNetworks(const SeedWriter& seeds) {
  for (int seed = 0; seed < 24; ++seed) {
    std::string choices = {static_cast<char>(seed % 3), static_cast<char>(seed / 3)};
    uint32_t random = 12345 + static_cast<uint32_t>(seed);
    for (int i = 0; i < 120; ++i) {
      random = random * 1664525 + 1013904223;
      choices.push_back(static_cast<char>(random >> 24));
    }
    seeds.Write("engine_difference", absl::StrCat("drawn", seed), choices);
  }
  for (const auto& [name, bytes] : SeedNetworks()) seeds.Write("onnx_import", name, bytes);
}

}  // namespace
}  // namespace onebyone::testing

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_fuzz_seeds FOLDER\n";
    return 2;
  }
  const onebyone::testing::SeedWriter seeds(argv[1]);
  WriteJpegs(seeds);
  WritePngs(seeds);
  WriteOtherImages(seeds);
  WriteArrays(seeds);
  WriteExtractRequests(seeds);
  WriteInferRequests(seeds);
  WriteHeaderBlocks(seeds);
  WriteNetworks(seeds);
  return 0;
}
