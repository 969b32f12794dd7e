#include "tests/passes/random_network.h"

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/testing/graph_builder.h"

namespace onebyone::testing {
namespace {

class NetworkWriter {
 public:
  explicit NetworkWriter(uint64_t seed) : random_(seed), builder_(seed) {}

  Graph Write() {
    const int64_t batch = Chance(5) ? 2 : 1;
    side_ = 6 + Below(5);
    channels_ = 3;
    builder_.Input("image", {batch, channels_, side_, side_});
    std::string x = "image";
    const int64_t stages = 1 + Below(4);
    for (int64_t stage = 0; stage < stages; ++stage) {
      x = Stage(x);
      if (Chance(4)) builder_.Output(x);
    }
    x = Classifier(x);
    if (Chance(3)) {
      builder_.Output("renamed", x);
    } else {
      builder_.Output(x);
    }
    return builder_.Build();
  }

 private:
  int64_t Below(int64_t end) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(end)); }
  bool Chance(int64_t one_in) { return Below(one_in) == 0; }
  std::string Fresh(const char* kind) { return absl::StrCat(kind, ++count_); }

  std::string Stage(const std::string& x) {
    switch (Below(6)) {
      case 0: return Block(x, /*depth=*/0);
      case 1: return Block(x, /*depth=*/1);
      case 2: return Shortcut(x);
      case 3: return Pool(x);
      case 4: return Nothing(Conv(x, 8 * (1 + Below(2))));
      default: return Lrn(Conv(x, 3 + Below(8)));
    }
  }

  // A convolution that keeps the size, and what may stand behind one.
  std::string Conv(const std::string& x, int64_t channels) {
    const int64_t pad = Below(2);
    const std::string conv = Fresh("conv");
    builder_.Conv(conv, x, channels, {.kernel = 2 * pad + 1, .pad = pad, .bias = Chance(2)});
    channels_ = channels;
    std::string y = conv;
    for (int64_t behind = Below(4); behind > 0; --behind) y = Nothing(Behind(y));
    return y;
  }

  std::string Behind(const std::string& x) {
    std::string y;
    switch (Below(7)) {
      case 0: builder_.BatchNorm(y = Fresh("norm"), x); break;
      case 1: builder_.Relu(y = Fresh("relu"), x); break;
      case 2: builder_.LeakyRelu(y = Fresh("leaky"), x, 0.1F); break;
      case 3: builder_.Clip(y = Fresh("clip"), x, -0.5F, 0.75F); break;
      case 4: builder_.Sigmoid(y = Fresh("sigmoid"), x); break;
      case 5: builder_.Mul(y = Fresh("scale"), x, ChannelConstant()); break;
      default: builder_.Add(y = Fresh("shift"), ChannelConstant(), x); break;
    }
    if (Chance(8)) builder_.Output(y);
    return y;
  }

  // Numbers of every form that broadcasts over [N, C, H, W], some of them not per channel.
  std::string ChannelConstant() {
    const std::string name = Fresh("constant");
    const std::vector<Shape> forms = {{channels_, 1, 1}, {1, channels_, 1, 1}, {1}, {}, {1, 1, 1}, {side_, 1}, {side_}};
    builder_.RandomConstant(name, forms[Below(static_cast<int64_t>(forms.size()))], 0.5F, 1.5F);
    return name;
  }

  std::string Nothing(const std::string& x) {
    if (!Chance(4)) return x;
    const std::string y = Fresh("same");
    switch (Below(6)) {
      case 0: builder_.Dropout(y, x); break;
      case 1: builder_.Cast(y, x, DataType::kFloat32); break;
      case 2: builder_.Concat(y, {x}); break;
      case 3: builder_.Sum(y, {x}); break;
      case 4: builder_.Reshape(y, x, {0, channels_, -1, side_}); break;
      default: builder_.Identity(y, x); break;
    }
    return y;
  }

  std::string Lrn(const std::string& x) {
    const std::string y = Fresh("lrn");
    builder_.Lrn(y, x, {.size = 3, .alpha = 0.5F});
    return y;
  }

  std::string Pool(const std::string& x) {
    const std::string y = Fresh("pool");
    const GraphBuilder::WindowOptions window = {.kernel = 3, .stride = 2, .pad = 1};
    Chance(2) ? builder_.MaxPool(y, x, window) : builder_.AveragePool(y, x, window);
    side_ = (side_ - 1) / 2 + 1;
    return y;
  }

  std::string Shortcut(const std::string& x) {
    const std::string stem = Conv(x, 8);
    const std::string y = Fresh("sum");
    builder_.Add(y, Conv(stem, 8), stem);
    return y;
  }

  std::string Block(const std::string& x, int depth) {
    const int64_t channels_before = channels_;
    std::vector<std::string> branches;
    int64_t total = 0;
    for (int64_t branch = 2 + Below(2); branch > 0; --branch) {
      channels_ = channels_before;
      branches.push_back(Branch(x, depth));
      total += channels_;
    }
    if (Chance(6)) {
      branches.push_back(branches.front());
      channels_ = total;
      total = 0;
    }
    const std::string y = Fresh("block");
    builder_.Concat(y, branches, Chance(2) ? 1 : -3);
    channels_ = total == 0 ? CountChannels(y) : total;
    return Nothing(y);
  }

  // What the builder knows of a concat whose branches repeat.
  int64_t CountChannels(const std::string& value) {
    const Graph graph = builder_.Build();
    return graph.value(graph.FindValue(value)).shape[1];
  }

  std::string Branch(const std::string& x, int depth) {
    if (depth > 0 && Chance(2)) return Block(x, depth - 1);
    std::string y = x;
    switch (Below(3)) {
      case 0: builder_.MaxPool(y = Fresh("pool"), x, {.kernel = 3, .pad = 1}); break;
      case 1: y = Conv(x, 4); break;
      default: break;
    }
    return Conv(y, Chance(2) ? 8 : 4 + Below(9));
  }

  std::string Classifier(const std::string& x) {
    const std::string y = Fresh("vector");
    switch (Below(6)) {
      case 0: return x;
      case 1: builder_.Flatten(y, x); break;
      case 2: builder_.Reshape(y, x, {0, -1}); break;
      case 3: {
        const std::string pooled = Fresh("global");
        Chance(2) ? builder_.GlobalAveragePool(pooled, x) : builder_.GlobalMaxPool(pooled, x);
        if (Chance(4)) return pooled;
        Chance(2) ? builder_.Squeeze(y, pooled, {2, 3}) : builder_.Flatten(y, pooled);
        break;
      }
      case 4: builder_.ReduceMean(y, x, {2, 3}, /*keep_dims=*/false); break;
      default: {
        const std::string pooled = Fresh("mean");
        builder_.ReduceMean(pooled, x, {-1, 2}).Flatten(y, pooled);
        break;
      }
    }
    if (Chance(6)) builder_.Output(y);
    std::string dense = Dense(y);
    for (int64_t layers = Below(3); layers > 0; --layers) dense = Dense(DenseBehind(dense));
    if (Chance(2)) return dense;
    builder_.Softmax("probabilities", dense, Chance(2) ? 1 : -1);
    return "probabilities";
  }

  std::string Dense(const std::string& x) {
    const int64_t outputs = 3 + Below(5);
    const std::string y = Fresh("dense");
    if (Chance(2)) {
      builder_.Gemm(y, x, outputs,
                    {.bias = !Chance(3),
                     .transpose_b = Chance(2),
                     .alpha = Chance(2) ? 1.0F : 0.5F,
                     .beta = Chance(2) ? 1.0F : 2.0F});
      outputs_ = outputs;
      return y;
    }
    const Graph so_far = builder_.Build();
    const int64_t features = so_far.value(so_far.FindValue(x)).shape[1];
    const std::string weights = Fresh("weights");
    builder_.RandomConstant(weights, {features, outputs}, -0.3F, 0.3F).MatMul(y, x, weights);
    outputs_ = outputs;
    if (Chance(3)) return y;
    const std::string bias = Fresh("bias");
    const std::string biased = Fresh("biased");
    builder_.RandomConstant(bias, Chance(2) ? Shape{outputs} : Shape{1, outputs}).Add(biased, y, bias);
    return biased;
  }

  std::string DenseBehind(const std::string& x) {
    const std::string y = Fresh("behind");
    switch (Below(7)) {
      case 0: builder_.Relu(y, x); break;
      case 1: builder_.Dropout(y, x); break;
      case 2: builder_.Sum(y, {x, x}); break;
      case 3: builder_.BatchNorm(y, x); break;
      case 4: {
        const std::string numbers = Fresh("numbers");
        builder_.RandomConstant(numbers, Chance(2) ? Shape{outputs_} : Shape{1, 1}).Mul(y, numbers, x);
        break;
      }
      case 5:
        builder_.Concat(y, {x, x}, Chance(2) ? 1 : -1);
        outputs_ *= 2;
        break;
      default: builder_.Transpose(Fresh("turned"), x).Transpose(y, absl::StrCat("turned", count_)); break;
    }
    return y;
  }

  std::mt19937_64 random_;
  GraphBuilder builder_;
  int count_ = 0;
  int64_t channels_ = 0;
  int64_t side_ = 0;
  int64_t outputs_ = 0;  // of the last dense layer
};

}  // namespace

Graph RandomNetwork(uint64_t seed) { return NetworkWriter(seed).Write(); }

}  // namespace onebyone::testing
