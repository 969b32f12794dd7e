#include "server/answer_parts.h"

#include <grpcpp/support/slice.h>

#include <cstdint>
#include <memory>
#include <utility>

namespace onebyone {
namespace {

// Below this a slice of its own costs more than the copy.
constexpr size_t kLeastSlice = 4096;

void AppendVarint(uint64_t number, std::string& bytes) {
  for (; number > 0x7F; number >>= 7) bytes.push_back(static_cast<char>(number | 0x80));
  bytes.push_back(static_cast<char>(number));
}

}  // namespace

void AnswerParts::Append(std::string bytes) {
  size_ += bytes.size();
  if (!parts_.empty() && parts_.back().size() < kLeastSlice && bytes.size() < kLeastSlice) {
    parts_.back() += bytes;
  } else {
    parts_.push_back(std::move(bytes));
  }
}

void AnswerParts::AppendField(int number, AnswerParts content) {
  constexpr int kLengthDelimited = 2;
  std::string head;
  AppendVarint(static_cast<uint64_t>(number) << 3 | kLengthDelimited, head);
  AppendVarint(content.size(), head);
  Append(std::move(head));
  for (std::string& part : content.parts_) Append(std::move(part));
}

grpc::ByteBuffer AnswerParts::ToBuffer() {
  std::vector<grpc::Slice> slices;
  for (std::string& part : parts_) {
    auto owned = std::make_unique<std::string>(std::move(part));
    std::string* const string = owned.release();
    slices.emplace_back(
        string->data(), string->size(), [](void* user_data) { delete static_cast<std::string*>(user_data); }, string);
  }
  return {slices.data(), slices.size()};
}

}  // namespace onebyone
