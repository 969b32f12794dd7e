#include "tests/image/mutation.h"

#include <algorithm>
#include <random>

namespace onebyone::testing {
namespace {

constexpr size_t kHeader = 1024;

class Damage {
 public:
  Damage(std::string& bytes, const std::string& other, uint64_t seed) : bytes_(bytes), other_(other), random_(seed) {}

  void Once() {
    if (bytes_.empty()) return;
    const size_t at = Place(bytes_.size());
    const size_t length = Length(bytes_.size() - at);
    switch (Below(8)) {
      case 0: bytes_[at] = static_cast<char>(bytes_[at] ^ (1 << Below(8))); break;
      case 1: bytes_[at] = static_cast<char>(Below(256)); break;
      case 2: std::fill_n(bytes_.begin() + static_cast<int64_t>(at), length, kFillings[Below(4)]); break;
      case 3: bytes_.erase(at, length); break;
      case 4: bytes_.insert(at, bytes_.substr(at, length)); break;
      case 5: bytes_.replace(at, length, other_.substr(Place(other_.size()), length)); break;
      case 6: bytes_.resize(at); break;
      default:  // a number of two bytes: mostly a length or a side
        bytes_[at] = kFillings[Below(4)];
        if (at + 1 < bytes_.size()) bytes_[at + 1] = static_cast<char>(Below(256));
    }
  }
  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

 private:
  static constexpr char kFillings[4] = {'\x00', '\xff', '\x7f', '\x80'};

  size_t Place(size_t size) { return Below(Below(2) == 0 ? std::min(size, kHeader) : size); }
  size_t Length(size_t most) { return 1 + Below(std::min(most, size_t{1} << Below(13))); }

  std::string& bytes_;
  const std::string& other_;
  std::mt19937_64 random_;
};

}  // namespace

std::string Mutated(std::string bytes, const std::string& other, uint64_t seed) {
  Damage damage(bytes, other, seed);
  for (size_t times = 1 + damage.Below(4); times > 0; --times) damage.Once();
  return bytes;
}

}  // namespace onebyone::testing
