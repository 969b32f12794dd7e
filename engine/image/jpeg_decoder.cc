#include "engine/image/jpeg_decoder.h"

// clang-format off
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>  // uses size_t and FILE without including them
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <csetjmp>

#include "absl/strings/str_cat.h"
#include "engine/image/scaled_side.h"

namespace onebyone {
namespace {

constexpr int kRowsAtOnce = 8;

enum class Failure { kNone, kLibrary, kScans, kSize, kStopped };

// All that a run of libjpeg reads and writes. Plain C: libjpeg's errors jump out over its callers, so that nothing
// between here and there may have a destructor.
struct JpegCall {
  jpeg_decompress_struct decompress;
  jpeg_error_mgr errors;
  jpeg_progress_mgr progress;
  std::jmp_buf on_error;
  Failure failure;
  const unsigned char* encoded;
  unsigned long bytes;
  unsigned int scale_num;  // eighths
  int max_scans;
  const std::function<absl::Status()>* may_go_on;
  absl::Status* stopped;  // why not
  unsigned int width;     // to come out
  unsigned int height;
  uint8_t* rgb;
};

[[noreturn]] void Fail(j_common_ptr common, Failure failure) {
  auto* call = static_cast<JpegCall*>(common->client_data);
  call->failure = failure;
  std::longjmp(call->on_error, 1);
}

[[noreturn]] void OnError(j_common_ptr common) { Fail(common, Failure::kLibrary); }

// A negative level is a warning: libjpeg goes on with guesses. These are the ones that leave every pixel as the file
// has it.
void OnMessage(j_common_ptr common, int level) {
  if (level >= 0) return;
  const int code = common->err->msg_code;
  if (code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM) return;
  // Bytes between header segments; after the first scan they are coded pixels that found no place.
  const bool in_header = reinterpret_cast<j_decompress_ptr>(common)->input_scan_number == 0;
  if (code == JWRN_EXTRANEOUS_DATA && in_header) return;
  Fail(common, Failure::kLibrary);
}

void OnOutput(j_common_ptr) {}

// A function of its own: its caller jumps away, and a status has a destructor.
bool MayGoOn(const JpegCall& call) {
  if (*call.may_go_on == nullptr) return true;
  *call.stopped = (*call.may_go_on)();
  return call.stopped->ok();
}

// libjpeg calls it before each row of blocks, of each scan where there are several.
void OnProgress(j_common_ptr common) {
  const auto* call = static_cast<const JpegCall*>(common->client_data);
  if (call->decompress.input_scan_number > call->max_scans) Fail(common, Failure::kScans);
  if (!MayGoOn(*call)) Fail(common, Failure::kStopped);
}

// The product of two shares of 255, rounded.
inline unsigned int MultiplyShares(unsigned int a, unsigned int b) {
  const unsigned int product = a * b + 128;
  return (product + (product >> 8)) >> 8;
}

// Adobe's programs, which write nearly every CMYK JPEG, store the complement of each ink.
void CmykToRgb(const JSAMPLE* cmyk, unsigned int pixels, bool is_inverted, uint8_t* rgb) {
  const unsigned int flip = is_inverted ? 0 : 255;
  for (unsigned int i = 0; i < pixels; ++i, cmyk += 4, rgb += 3) {
    const unsigned int light = cmyk[3] ^ flip;
    for (int channel = 0; channel < 3; ++channel) {
      rgb[channel] = static_cast<uint8_t>(MultiplyShares(cmyk[channel] ^ flip, light));
    }
  }
}

void ReadRgbRows(JpegCall& call) {
  jpeg_decompress_struct& decompress = call.decompress;
  const size_t row_bytes = 3 * static_cast<size_t>(call.width);
  while (decompress.output_scanline < call.height) {
    JSAMPROW rows[kRowsAtOnce];
    const unsigned int count = std::min<unsigned int>(kRowsAtOnce, call.height - decompress.output_scanline);
    for (unsigned int i = 0; i < count; ++i) rows[i] = call.rgb + (decompress.output_scanline + i) * row_bytes;
    jpeg_read_scanlines(&decompress, rows, count);
  }
}

void ReadCmykRows(JpegCall& call) {
  jpeg_decompress_struct& decompress = call.decompress;
  const size_t row_bytes = 3 * static_cast<size_t>(call.width);
  JSAMPARRAY row =
      decompress.mem->alloc_sarray(reinterpret_cast<j_common_ptr>(&decompress), JPOOL_IMAGE, 4 * call.width, 1);
  while (decompress.output_scanline < call.height) {
    uint8_t* rgb = call.rgb + decompress.output_scanline * row_bytes;
    jpeg_read_scanlines(&decompress, row, 1);
    CmykToRgb(row[0], call.width, decompress.saw_Adobe_marker != FALSE, rgb);
  }
}

void Decompress(JpegCall& call) {
  jpeg_decompress_struct& decompress = call.decompress;
  jpeg_create_decompress(&decompress);
  decompress.client_data = &call;
  decompress.progress = &call.progress;
  jpeg_mem_src(&decompress, call.encoded, call.bytes);
  jpeg_read_header(&decompress, TRUE);
  decompress.scale_num = call.scale_num;
  decompress.scale_denom = 8;
  decompress.out_color_space = decompress.num_components == 4 ? JCS_CMYK : JCS_RGB;
  decompress.dct_method = JDCT_ISLOW;
  decompress.do_fancy_upsampling = TRUE;
  decompress.do_block_smoothing = FALSE;  // it makes up what scans leave out
  jpeg_start_decompress(&decompress);
  if (decompress.output_width != call.width || decompress.output_height != call.height) {
    Fail(reinterpret_cast<j_common_ptr>(&decompress), Failure::kSize);
  }
  decompress.out_color_space == JCS_CMYK ? ReadCmykRows(call) : ReadRgbRows(call);
  jpeg_finish_decompress(&decompress);
}

bool Run(JpegCall& call) {
  if (setjmp(call.on_error) != 0) return false;
  Decompress(call);
  return true;
}

absl::Status FailureOf(JpegCall& call) {
  if (call.failure == Failure::kStopped) return *call.stopped;
  if (call.failure == Failure::kScans) {
    return absl::InvalidArgumentError(absl::StrCat("JPEG: scans: want at most ", call.max_scans, ", got more"));
  }
  if (call.failure == Failure::kSize) {
    return absl::InvalidArgumentError(absl::StrCat("JPEG: size: want ", call.width, "x", call.height, ", got ",
                                                   call.decompress.output_width, "x", call.decompress.output_height));
  }
  char message[JMSG_LENGTH_MAX];
  (*call.errors.format_message)(reinterpret_cast<j_common_ptr>(&call.decompress), message);
  if (call.errors.msg_code == JERR_OUT_OF_MEMORY) return absl::ResourceExhaustedError(absl::StrCat("JPEG: ", message));
  return absl::InvalidArgumentError(absl::StrCat("JPEG: ", message));
}

}  // namespace

absl::Status DecodeJpeg(absl::string_view encoded, const ImageHeader& header, int64_t scale_down, int64_t max_scans,
                        const std::function<absl::Status()>& may_go_on, uint8_t* rgb) {
  absl::Status stopped;
  JpegCall call{};
  call.decompress.err = jpeg_std_error(&call.errors);
  call.decompress.client_data = &call;
  call.errors.error_exit = OnError;
  call.errors.emit_message = OnMessage;
  call.errors.output_message = OnOutput;
  call.progress.progress_monitor = OnProgress;
  call.encoded = reinterpret_cast<const unsigned char*>(encoded.data());
  call.bytes = encoded.size();
  call.scale_num = static_cast<unsigned int>(8 / scale_down);
  call.max_scans = static_cast<int>(std::min<int64_t>(max_scans, 1 << 20));
  call.may_go_on = &may_go_on;
  call.stopped = &stopped;
  call.width = static_cast<unsigned int>(ScaledSide(header.width, scale_down));
  call.height = static_cast<unsigned int>(ScaledSide(header.height, scale_down));
  call.rgb = rgb;
  const bool done = Run(call);
  const absl::Status status = done ? absl::OkStatus() : FailureOf(call);
  jpeg_destroy_decompress(&call.decompress);
  return status;
}

}  // namespace onebyone
