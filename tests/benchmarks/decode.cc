// From the bytes of a JPEG to the network's input, beside what a user of OpenCV would write.

#include <chrono>
#include <iostream>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "engine/image/image_decoder.h"
#include "engine/image/preprocessor.h"
#include "engine/tensor/tensor.h"
#include "engine/workbench/table.h"
#include "tests/benchmarks/program.h"

namespace onebyone::benchmarks {
namespace {

constexpr int kSide = 224;  // of the network's input

struct Flags {
  std::string photograph;  // that the 12-megapixel JPEG is made of
  std::vector<std::string> pictures;
  int rounds = 20;
  bool json = false;
};

struct Picture {
  std::string name;
  std::string encoded;
};

// One side's least times, and what its decoder wrote.
struct Side {
  double decode_ms = std::numeric_limits<double>::infinity();
  double fit_ms = std::numeric_limits<double>::infinity();
  double total_ms = std::numeric_limits<double>::infinity();
  int64_t decoded_bytes = 0;

  void Note(double decode, double fit) {
    decode_ms = std::min(decode_ms, decode);
    fit_ms = std::min(fit_ms, fit);
    total_ms = std::min(total_ms, decode + fit);
  }
};

struct Row {
  std::string picture;
  Side opencv;
  Side onebyone;
  double Ratio() const { return onebyone.total_ms / opencv.total_ms; }
};

// Milliseconds since it was made or last asked.
class Stopwatch {
 public:
  double Lap() {
    const Clock::time_point now = Clock::now();
    const double lap = std::chrono::duration<double, std::milli>(now - last_).count();
    last_ = now;
    return lap;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

// Ours, as a lane of the server keeps it.
class Onebyone {
 public:
  static absl::StatusOr<Onebyone> Create() {
    Onebyone made;
    ASSIGN_OR_RETURN(made.decoder_, ImageDecoder::Create({}));
    ASSIGN_OR_RETURN(made.preprocessor_, Preprocessor::Create({.width = kSide, .height = kSide}));
    ASSIGN_OR_RETURN(made.input_, Tensor::Create(DataType::kFloat32, {1, 3, kSide, kSide}));
    return made;
  }

  absl::Status Run(const std::string& encoded, Side& side) {
    Stopwatch watch;
    ASSIGN_OR_RETURN(const RgbImage image, decoder_->Decode(encoded, preprocessor_->MinSide(InputFit::kModel)));
    const double decode = watch.Lap();
    const TensorView input = {DataType::kFloat32, input_.shape(), input_.data()};
    RETURN_IF_ERROR(preprocessor_->Run(image, InputFit::kModel, input).status());
    side.Note(decode, watch.Lap());
    side.decoded_bytes = 3 * image.width * image.height;
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<ImageDecoder> decoder_;
  std::unique_ptr<Preprocessor> preprocessor_;
  Tensor input_;
};

// Theirs: bytes to 224x224 pixels, 8 bits. Turning those into float planes, which ours does, is left out.
absl::Status RunOpencv(const std::string& encoded, Side& side) {
  const cv::Mat bytes(1, static_cast<int>(encoded.size()), CV_8U, const_cast<char*>(encoded.data()));
  Stopwatch watch;
  const cv::Mat image = cv::imdecode(bytes, cv::IMREAD_COLOR);
  const double decode = watch.Lap();
  if (image.empty()) return absl::InvalidArgumentError("OpenCV cannot decode it");
  cv::Mat resized;
  cv::resize(image, resized, cv::Size(kSide, kSide), 0, 0, cv::INTER_AREA);
  side.Note(decode, watch.Lap());
  side.decoded_bytes = static_cast<int64_t>(image.total() * image.elemSize());
  return absl::OkStatus();
}

absl::StatusOr<Picture> MadePicture(const std::string& photograph) {
  const cv::Mat small = cv::imread(photograph, cv::IMREAD_COLOR);
  if (small.empty()) return absl::InvalidArgumentError(absl::StrCat(photograph, ": want a photograph, got none"));
  cv::Mat large;
  cv::resize(small, large, cv::Size(4000, 3000), 0, 0, cv::INTER_CUBIC);
  std::vector<uchar> encoded;
  cv::imencode(".jpg", large, encoded, {cv::IMWRITE_JPEG_QUALITY, 90});
  return Picture{"12 megapixels, made", std::string(encoded.begin(), encoded.end())};
}

absl::StatusOr<std::vector<Picture>> Pictures(const Flags& flags) {
  std::vector<Picture> pictures;
  if (!flags.photograph.empty()) {
    ASSIGN_OR_RETURN(Picture made, MadePicture(flags.photograph));
    pictures.push_back(std::move(made));
  }
  for (const std::string& path : flags.pictures) {
    ASSIGN_OR_RETURN(std::string encoded, ReadFile(path));
    pictures.push_back({path.substr(path.rfind('/') + 1), std::move(encoded)});
  }
  if (pictures.empty()) return absl::InvalidArgumentError("want --make-from PHOTOGRAPH or a picture, got neither");
  return pictures;
}

std::string JsonOf(const Side& side) {
  JsonObject json;
  json.Number("min_ms", side.total_ms).Number("decode_min_ms", side.decode_ms).Number("fit_min_ms", side.fit_ms);
  return json.Integer("decoded_bytes", side.decoded_bytes).ToString();
}

void Print(const Flags& flags, const std::vector<Row>& rows) {
  Table table({{"picture", Table::Align::kLeft},
               {"OpenCV"},
               {"decode"},
               {"resize"},
               {"onebyone"},
               {"decode"},
               {"fit"},
               {"ratio"},
               {"decoded MB"}});
  const auto ms = [](double time) { return absl::StrFormat("%.2f", time); };
  std::vector<std::string> json;
  for (const Row& row : rows) {
    const Side& theirs = row.opencv;
    const Side& ours = row.onebyone;
    table.AddRow({row.picture, ms(theirs.total_ms), ms(theirs.decode_ms), ms(theirs.fit_ms), ms(ours.total_ms),
                  ms(ours.decode_ms), ms(ours.fit_ms), absl::StrFormat("%.3f", row.Ratio()),
                  absl::StrFormat("%.1f : %.1f", 1e-6 * static_cast<double>(theirs.decoded_bytes),
                                  1e-6 * static_cast<double>(ours.decoded_bytes))});
    JsonObject object;
    object.String("picture", row.picture).Json("opencv", JsonOf(theirs)).Json("onebyone", JsonOf(ours));
    json.push_back(object.Number("ratio", row.Ratio()).ToString());
  }
  if (flags.json) {
    std::cout << JsonArray(json) << "\n";
    return;
  }
  std::cout << table.ToString() << "minimum ms of " << flags.rounds << " rounds in turn, one thread\n";
}

absl::Status Run(const Flags& flags) {
  cv::setNumThreads(1);
  ASSIGN_OR_RETURN(const std::vector<Picture> pictures, Pictures(flags));
  ASSIGN_OR_RETURN(Onebyone onebyone, Onebyone::Create());
  std::vector<Row> rows;
  for (const Picture& picture : pictures) {
    Row row = {picture.name, {}, {}};
    for (int round = 0; round < flags.rounds; ++round) {
      RETURN_IF_ERROR(RunOpencv(picture.encoded, row.opencv));
      RETURN_IF_ERROR(onebyone.Run(picture.encoded, row.onebyone));
    }
    rows.push_back(std::move(row));
  }
  Print(flags, rows);
  return absl::OkStatus();
}

int Main(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app("Bytes of a JPEG to the network's input, 224x224, in turn with cv::imdecode and cv::resize(INTER_AREA)",
               "decode_benchmark");
  app.add_option("--make-from", flags.photograph,
                 "A photograph that is enlarged to 4000x3000 and encoded at quality 90, baseline")
      ->type_name("FILE");
  app.add_option("--rounds", flags.rounds, "Default: 20")->check(CLI::Range(1, 100'000))->type_name("N");
  app.add_flag("--json", flags.json, "Print JSON");
  app.add_option("picture", flags.pictures, "JPEGs to take as they are")->type_name("FILE");
  return RunProgram(app, argc, argv, [&] { return Run(flags); });
}

}  // namespace
}  // namespace onebyone::benchmarks

int main(int argc, char** argv) { return onebyone::benchmarks::Main(argc, argv); }
