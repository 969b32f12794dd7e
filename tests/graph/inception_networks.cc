#include "tests/graph/inception_networks.h"

#include "absl/strings/str_cat.h"
#include "tests/testing/graph_builder.h"

namespace onebyone::testing {
namespace {

// Appends Conv and Relu; returns the name of the latter.
std::string ConvRelu(GraphBuilder& builder, const std::string& name, const std::string& input, int64_t channels,
                     const GraphBuilder::WindowOptions& options) {
  builder.Conv(name, input, channels, options).Relu(absl::StrCat(name, "_relu"), name);
  return absl::StrCat(name, "_relu");
}

std::string Block(GraphBuilder& builder, const InceptionBlock& block, const std::string& input) {
  const std::string prefix = absl::StrCat("inception_", block.name, "/");
  const std::string one = ConvRelu(builder, prefix + "1x1", input, block.c1x1, {});
  const std::string three_reduce = ConvRelu(builder, prefix + "3x3_reduce", input, block.c3x3_reduce, {});
  const std::string three = ConvRelu(builder, prefix + "3x3", three_reduce, block.c3x3, {.kernel = 3, .pad = 1});
  const std::string five_reduce = ConvRelu(builder, prefix + "5x5_reduce", input, block.c5x5_reduce, {});
  const std::string five = ConvRelu(builder, prefix + "5x5", five_reduce, block.c5x5, {.kernel = 5, .pad = 2});
  builder.MaxPool(prefix + "pool", input, {.kernel = 3, .pad = 1});
  const std::string pool = ConvRelu(builder, prefix + "pool_proj", prefix + "pool", block.pool_proj, {});
  builder.Concat(prefix + "output", {one, three, five, pool});
  return prefix + "output";
}

}  // namespace

InceptionNetwork GoogLeNet() {
  return {64,
          64,
          192,
          {{"3a", 64, 96, 128, 16, 32, 32},
           {"3b", 128, 128, 192, 32, 96, 64},
           {"4a", 192, 96, 208, 16, 48, 64},
           {"4b", 160, 112, 224, 24, 64, 64},
           {"4c", 128, 128, 256, 24, 64, 64},
           {"4d", 112, 144, 288, 32, 64, 64},
           {"4e", 256, 160, 320, 32, 128, 128},
           {"5a", 256, 160, 320, 32, 128, 128},
           {"5b", 384, 192, 384, 48, 128, 128}}};
}

InceptionNetwork InceptionNano() {
  return {32,
          32,
          96,
          {{"3a", 32, 48, 64, 16, 16, 16},
           {"3b", 64, 64, 96, 16, 48, 32},
           {"4a", 96, 48, 112, 16, 32, 32},
           {"4b", 80, 64, 112, 16, 32, 32},
           {"4c", 64, 64, 128, 16, 32, 32},
           {"4d", 64, 80, 144, 16, 32, 32},
           {"4e", 128, 80, 160, 16, 64, 64},
           {"5a", 128, 80, 160, 16, 64, 64},
           {"5b", 192, 96, 192, 32, 64, 64}}};
}

Graph BuildInception(const InceptionNetwork& network, int64_t size) {
  const GraphBuilder::WindowOptions halve = {.kernel = 3, .stride = 2, .ceil_mode = true};
  GraphBuilder builder;
  builder.Input("data", {1, 3, size, size});
  std::string last = ConvRelu(builder, "conv1/7x7_s2", "data", network.conv1, {.kernel = 7, .stride = 2, .pad = 3});
  builder.MaxPool("pool1/3x3_s2", last, halve);
  last = ConvRelu(builder, "conv2/3x3_reduce", "pool1/3x3_s2", network.conv2_reduce, {});
  last = ConvRelu(builder, "conv2/3x3", last, network.conv2, {.kernel = 3, .pad = 1});
  builder.MaxPool("pool2/3x3_s2", last, halve);
  last = "pool2/3x3_s2";
  for (const InceptionBlock& block : network.blocks) {
    last = Block(builder, block, last);
    if (block.name != "3b" && block.name != "4e") continue;
    const std::string pool = block.name == "3b" ? "pool3/3x3_s2" : "pool4/3x3_s2";
    builder.MaxPool(pool, last, halve);
    last = pool;
  }
  return builder.GlobalAveragePool("pool5", last).Flatten("embedding", "pool5").Output("embedding").Build();
}

}  // namespace onebyone::testing
