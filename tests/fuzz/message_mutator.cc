#include "tests/fuzz/message_mutator.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/libfuzzer.h"

namespace onebyone::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::array<int64_t, 24> kIntegers = {0,   1,    -1,    2,     3,          4,           5,          7,
                                               8,   13,   16,    32,    64,         127,         128,        255,
                                               256, 1024, 32768, 65536, 2147483647, -2147483648, 4294967296, INT64_MAX};
constexpr std::array<double, 14> kReals = {0.0,   -0.0,  1.0,  -1.0,  0.5,   2.0,      255.0,
                                           1e-45, 1e-38, 3e38, -3e38, 1e308, INFINITY, NAN};
constexpr size_t kRoomToGrow = 64;

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

  void Mutate(Message& root) {
    std::vector<Message*> messages;
    Collect(root, messages);
    Message& message = *messages[Below(messages.size())];
    const int fields = message.GetDescriptor()->field_count();
    if (fields == 0) return;
    const FieldDescriptor& field = *message.GetDescriptor()->field(static_cast<int>(Below(fields)));
    field.is_repeated() ? MutateRepeated(root, message, field) : MutateSingle(root, message, field);
  }

  // Puts a message of `other` in the place of one of its type in `root`.
  void Transplant(Message& root, Message& other) {
    std::vector<Message*> places;
    std::vector<Message*> parts;
    Collect(root, places);
    Collect(other, parts);
    for (int tries = 0; tries < 16; ++tries) {
      Message& place = *places[Below(places.size())];
      const Message& part = *parts[Below(parts.size())];
      if (&place == &root || place.GetDescriptor() != part.GetDescriptor()) continue;
      Below(2) == 0 ? place.CopyFrom(part) : place.MergeFrom(part);
      return;
    }
  }

 private:
  static void Collect(Message& message, std::vector<Message*>& messages) {
    messages.push_back(&message);
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* const field : fields) {
      if (field->message_type() == nullptr) continue;
      if (!field->is_repeated()) {
        Collect(*reflection.MutableMessage(&message, field), messages);
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        Collect(*reflection.MutableRepeatedMessage(&message, field, i), messages);
      }
    }
  }

  void MutateSingle(Message& root, Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    if (Below(6) == 0) return reflection.ClearField(&message, &field);
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection.SetInt32(&message, &field,
                                   static_cast<int32_t>(Integer(reflection.GetInt32(message, &field))));
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection.SetInt64(&message, &field, Integer(reflection.GetInt64(message, &field)));
      case FieldDescriptor::CPPTYPE_UINT32:
        return reflection.SetUInt32(&message, &field,
                                    static_cast<uint32_t>(Integer(reflection.GetUInt32(message, &field))));
      case FieldDescriptor::CPPTYPE_UINT64:
        return reflection.SetUInt64(
            &message, &field,
            static_cast<uint64_t>(Integer(static_cast<int64_t>(reflection.GetUInt64(message, &field)))));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return reflection.SetFloat(&message, &field,
                                   static_cast<float>(Real(reflection.GetFloat(message, &field), 3e38)));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return reflection.SetDouble(&message, &field, Real(reflection.GetDouble(message, &field), 1e308));
      case FieldDescriptor::CPPTYPE_BOOL: return reflection.SetBool(&message, &field, Below(2) == 0);
      case FieldDescriptor::CPPTYPE_ENUM: return reflection.SetEnumValue(&message, &field, Enum(field));
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection.SetString(&message, &field, Text(root, field, reflection.GetString(message, &field)));
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        Message& inner = *reflection.MutableMessage(&message, &field);
        if (const std::unique_ptr<Message> other = Another(root, inner)) inner.CopyFrom(*other);
        return;
      }
    }
  }

  void MutateRepeated(Message& root, Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    const size_t action = size == 0 ? 0 : Below(5);
    if (action == 0) return Add(root, message, field);
    if (action == 1) {
      reflection.SwapElements(&message, &field, static_cast<int>(Below(size)), size - 1);
      return reflection.RemoveLast(&message, &field);
    }
    if (action == 2) {
      return reflection.SwapElements(&message, &field, static_cast<int>(Below(size)), static_cast<int>(Below(size)));
    }
    Change(root, message, field, static_cast<int>(Below(size)));
  }

  void Add(Message& root, Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection.AddInt32(&message, &field, static_cast<int32_t>(Integer(1)));
      case FieldDescriptor::CPPTYPE_INT64: return reflection.AddInt64(&message, &field, Integer(1));
      case FieldDescriptor::CPPTYPE_UINT32:
        return reflection.AddUInt32(&message, &field, static_cast<uint32_t>(Integer(1)));
      case FieldDescriptor::CPPTYPE_UINT64:
        return reflection.AddUInt64(&message, &field, static_cast<uint64_t>(Integer(1)));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return reflection.AddFloat(&message, &field, static_cast<float>(Real(1, 3e38)));
      case FieldDescriptor::CPPTYPE_DOUBLE: return reflection.AddDouble(&message, &field, Real(1, 1e308));
      case FieldDescriptor::CPPTYPE_BOOL: return reflection.AddBool(&message, &field, Below(2) == 0);
      case FieldDescriptor::CPPTYPE_ENUM: return reflection.AddEnumValue(&message, &field, Enum(field));
      case FieldDescriptor::CPPTYPE_STRING: return reflection.AddString(&message, &field, Text(root, field, ""));
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        // Copied before it is added: the copied one may be the list's own.
        const std::unique_ptr<Message> empty(
            message.GetReflection()->GetMessageFactory()->GetPrototype(field.message_type())->New());
        const std::unique_ptr<Message> other = Another(root, *empty);
        Message& added = *reflection.AddMessage(&message, &field);
        if (other != nullptr) added.CopyFrom(*other);
        return;
      }
    }
  }

  void Change(Message& root, Message& message, const FieldDescriptor& field, int i) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection.SetRepeatedInt32(
            &message, &field, i, static_cast<int32_t>(Integer(reflection.GetRepeatedInt32(message, &field, i))));
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection.SetRepeatedInt64(&message, &field, i,
                                           Integer(reflection.GetRepeatedInt64(message, &field, i)));
      case FieldDescriptor::CPPTYPE_UINT32:
        return reflection.SetRepeatedUInt32(
            &message, &field, i, static_cast<uint32_t>(Integer(reflection.GetRepeatedUInt32(message, &field, i))));
      case FieldDescriptor::CPPTYPE_UINT64:
        return reflection.SetRepeatedUInt64(&message, &field, i, static_cast<uint64_t>(Integer(1)));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return reflection.SetRepeatedFloat(
            &message, &field, i, static_cast<float>(Real(reflection.GetRepeatedFloat(message, &field, i), 3e38)));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return reflection.SetRepeatedDouble(&message, &field, i,
                                            Real(reflection.GetRepeatedDouble(message, &field, i), 1e308));
      case FieldDescriptor::CPPTYPE_BOOL: return reflection.SetRepeatedBool(&message, &field, i, Below(2) == 0);
      case FieldDescriptor::CPPTYPE_ENUM: return reflection.SetRepeatedEnumValue(&message, &field, i, Enum(field));
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection.SetRepeatedString(&message, &field, i,
                                            Text(root, field, reflection.GetRepeatedString(message, &field, i)));
      case FieldDescriptor::CPPTYPE_MESSAGE: return Mutate(*reflection.MutableRepeatedMessage(&message, &field, i));
    }
  }

  int64_t Integer(int64_t now) {
    switch (Below(4)) {
      case 0: return static_cast<int64_t>(static_cast<uint64_t>(now) + Below(7) - 3);
      case 1: return static_cast<int64_t>(static_cast<uint64_t>(now) ^ uint64_t{1} << Below(64));
      case 2: return static_cast<int64_t>(Below(16));
      default: return kIntegers[Below(kIntegers.size())];
    }
  }

  // Between -`most` and `most`, but for what is not finite.
  double Real(double now, double most) {
    const double real = Below(3) == 0 ? now * (Below(2) == 0 ? 2 : -0.5) : kReals[Below(kReals.size())];
    return std::isfinite(real) ? std::max(-most, std::min(most, real)) : real;
  }

  int Enum(const FieldDescriptor& field) {
    const auto& type = *field.enum_type();
    const bool is_open = type.file()->syntax() == google::protobuf::FileDescriptor::SYNTAX_PROTO3;
    if (is_open && Below(8) == 0) return static_cast<int>(Below(100));
    return type.value(static_cast<int>(Below(type.value_count())))->number();
  }

  // Another text of the message, which is how names come to mean something, or `now` with other bytes.
  std::string Text(Message& root, const FieldDescriptor& field, const std::string& now) {
    if (Below(2) == 0) {
      std::vector<std::string> texts;
      CollectTexts(root, field.type(), texts);
      if (!texts.empty()) return texts[Below(texts.size())];
    }
    std::vector<uint8_t> bytes(now.begin(), now.end());
    bytes.resize(now.size() + kRoomToGrow);
    bytes.resize(LLVMFuzzerMutate(bytes.data(), now.size(), bytes.size()));
    if (field.type() == FieldDescriptor::TYPE_STRING) {
      for (uint8_t& byte : bytes) byte &= 0x7F;  // UTF-8, or the message is refused
    }
    return {bytes.begin(), bytes.end()};
  }

  static void CollectTexts(Message& root, FieldDescriptor::Type type, std::vector<std::string>& texts) {
    std::vector<Message*> messages;
    Collect(root, messages);
    for (const Message* const message : messages) {
      const Reflection& reflection = *message->GetReflection();
      std::vector<const FieldDescriptor*> fields;
      reflection.ListFields(*message, &fields);
      for (const FieldDescriptor* const field : fields) {
        if (field->type() != type) continue;
        if (!field->is_repeated()) {
          texts.push_back(reflection.GetString(*message, field));
          continue;
        }
        for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
          texts.push_back(reflection.GetRepeatedString(*message, field, i));
        }
      }
    }
  }

  // A copy of a message of the type of `like` that lies elsewhere in `root`; null where there is none.
  std::unique_ptr<Message> Another(Message& root, const Message& like) {
    std::vector<Message*> all;
    Collect(root, all);
    std::vector<const Message*> found;
    for (const Message* const message : all) {
      if (message->GetDescriptor() == like.GetDescriptor() && message != &like) found.push_back(message);
    }
    if (found.empty() || Below(8) == 0) return nullptr;
    const Message& chosen = *found[Below(found.size())];
    std::unique_ptr<Message> copy(chosen.New());
    copy->CopyFrom(chosen);
    return copy;
  }

  std::minstd_rand random_;
};

// The size written, or 0 where it does not fit.
size_t Write(const Message& message, uint8_t* out, size_t max_size) {
  const size_t size = message.ByteSizeLong();
  if (size > max_size || !message.SerializePartialToArray(out, static_cast<int>(size))) return 0;
  return size;
}

}  // namespace

size_t MutateSerialized(Message& message, uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  Mutator mutator(seed);
  const bool is_message = message.ParsePartialFromArray(data, static_cast<int>(size));
  if (!is_message || mutator.Below(16) == 0) return LLVMFuzzerMutate(data, size, max_size);
  for (size_t changes = 1 + mutator.Below(4); changes > 0; --changes) mutator.Mutate(message);
  const size_t written = Write(message, data, max_size);
  return written == 0 ? LLVMFuzzerMutate(data, size, max_size) : written;
}

size_t CrossOverSerialized(Message& first, Message& second, const uint8_t* data1, size_t size1, const uint8_t* data2,
                           size_t size2, uint8_t* out, size_t max_size, unsigned seed) {
  if (!first.ParsePartialFromArray(data1, static_cast<int>(size1))) return 0;
  if (!second.ParsePartialFromArray(data2, static_cast<int>(size2))) return 0;
  Mutator(seed).Transplant(first, second);
  return Write(first, out, max_size);
}

}  // namespace onebyone::testing
