#include "server/command_line.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace onebyone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ServerOptions OptionsOf(const std::vector<std::string>& arguments) {
  const auto read = ReadCommandLine(arguments);
  if (const auto* exit = std::get_if<EarlyExit>(&read)) {
    ADD_FAILURE() << exit->text;
    return {};
  }
  return std::get<ServerOptions>(read);
}

EarlyExit ExitOf(const std::vector<std::string>& arguments) {
  const auto read = ReadCommandLine(arguments);
  if (const auto* exit = std::get_if<EarlyExit>(&read)) return *exit;
  ADD_FAILURE() << "the command line was accepted";
  return {};
}

// Sets an environment variable as long as it lives.
class Environment {
 public:
  Environment(std::string name, const std::string& value) : name_(std::move(name)) {
    setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Environment() { unsetenv(name_.c_str()); }

 private:
  const std::string name_;
};

std::string WriteConfig(const std::string& content) {
  const std::string path = ::testing::TempDir() + "server.toml";
  std::ofstream(path) << content;
  return path;
}

TEST(CommandLine, NeedsOnlyTheModels) {
  const ServerOptions options = OptionsOf({"--models", "bundles"});
  EXPECT_EQ(options.models, "bundles");
  EXPECT_EQ(options.limits.max_images, 64);
  EXPECT_EQ(options.drain.timeout, absl::Seconds(30));
  EXPECT_EQ(options.listen.max_connection_age, absl::Minutes(30));
}

TEST(CommandLine, ReadsNumbersSizesAndDurations) {
  const ServerOptions options =
      OptionsOf({"--models=m", "--listen", "[::1]:0", "--max-images=7", "--max-message-bytes=8MiB", "--lame-duck",
                 "1.5", "--drain-timeout=250ms", "--reflection", "false", "--convolution", "exact", "--precision=bf16",
                 "--max-connection-age=inf", "--lanes=3"});
  EXPECT_EQ(options.listen.address, "[::1]:0");
  EXPECT_EQ(options.limits.max_images, 7);
  EXPECT_EQ(options.limits.max_message_bytes, 8 << 20);
  EXPECT_EQ(options.drain.lame_duck, absl::Milliseconds(1500));
  EXPECT_EQ(options.drain.timeout, absl::Milliseconds(250));
  EXPECT_FALSE(options.listen.reflection);
  EXPECT_EQ(options.compile.convolution, CompileOptions::Convolution::kExact);
  EXPECT_EQ(options.precision, PrecisionChoice::kBFloat16);
  EXPECT_EQ(options.scheduler.lanes, 3);
}

TEST(CommandLine, TakesEachPrecisionAndOfItselfTheFastestFaithful) {
  EXPECT_EQ(OptionsOf({"--models=m"}).precision, PrecisionChoice::kAuto);
  EXPECT_EQ(OptionsOf({"--models=m", "--precision=auto"}).precision, PrecisionChoice::kAuto);
  EXPECT_EQ(OptionsOf({"--models=m", "--precision=f32"}).precision, PrecisionChoice::kFloat32);
  EXPECT_EQ(OptionsOf({"--models=m", "--precision=int8"}).precision, PrecisionChoice::kInt8);
}

TEST(CommandLine, CountsBeforeEnvironmentBeforeFile) {
  const std::string config = WriteConfig("models = \"from-file\"\nmax-images = 1\nmax-features = 1\nlanes = 1\n");
  const Environment images("ONEBYONE_MAX_IMAGES", "2");
  const Environment features("ONEBYONE_MAX_FEATURES", "2");
  const ServerOptions options = OptionsOf({"--config", config, "--max-images", "3"});
  EXPECT_EQ(options.models, "from-file");
  EXPECT_EQ(options.scheduler.lanes, 1);
  EXPECT_EQ(options.limits.max_features, 2);
  EXPECT_EQ(options.limits.max_images, 3);
}

TEST(CommandLine, KeepsKernelChoicesWhereCachesLieUnlessToldOtherwise) {
  const Environment caches("XDG_CACHE_HOME", "/var/cache");
  EXPECT_EQ(OptionsOf({"--models=m"}).kernel_cache, "/var/cache/onebyone");
  EXPECT_EQ(OptionsOf({"--models=m", "--kernel-cache", "kernels"}).kernel_cache, "kernels");
  EXPECT_EQ(OptionsOf({"--models=m", "--kernel-cache", ""}).kernel_cache, "");
  EXPECT_EQ(OptionsOf({"--models=m", "--config", WriteConfig("kernel-cache = \"off\"\n")}).kernel_cache, "off");
  const Environment off("ONEBYONE_KERNEL_CACHE", "off");
  EXPECT_EQ(OptionsOf({"--models=m"}).kernel_cache, "off");
}

TEST(CommandLine, FindsItsFileByTheEnvironment) {
  const Environment config("ONEBYONE_CONFIG", WriteConfig("models = \"from-file\"\n"));
  EXPECT_EQ(OptionsOf({}).models, "from-file");
}

TEST(CommandLine, PrintsAConfigThatReadsBackTheSame) {
  const EarlyExit printed = ExitOf({"--models=m", "--max-images=9", "--lame-duck=2", "--convolution=exact",
                                    "--max-connection-age=inf", "--print-config"});
  ASSERT_EQ(printed.code, 0);
  const ServerOptions options = OptionsOf({"--config", WriteConfig(printed.text)});
  EXPECT_EQ(options.limits.max_images, 9);
  EXPECT_EQ(options.drain.lame_duck, absl::Seconds(2));
  EXPECT_EQ(options.compile.convolution, CompileOptions::Convolution::kExact);
  EXPECT_EQ(options.listen.keepalive_time, absl::Seconds(60));
  EXPECT_EQ(options.listen.max_connection_age, absl::InfiniteDuration());
  EXPECT_EQ(options.limits.image.max_pixels, ImageLimits().max_pixels);
}

TEST(CommandLine, HelpNamesEveryOptionAndItsVariable) {
  const EarlyExit help = ExitOf({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.text,
              AllOf(HasSubstr("--models"), HasSubstr("--listen"), HasSubstr("--max-message-bytes"),
                    HasSubstr("ONEBYONE_MAX_MESSAGE_BYTES"), HasSubstr("--lame-duck"), HasSubstr("--config")));
}

TEST(CommandLine, TellsItsVersion) {
  const EarlyExit version = ExitOf({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.text, ::testing::MatchesRegex("onebyone-server [0-9]+\\.[0-9]+\\.[0-9]+ \\(commit .*\\)\n"));
}

TEST(CommandLine, UnknownKeyInTheFileGetsTheNearestName) {
  const EarlyExit exit = ExitOf({"--models=m", "--config", WriteConfig("max-image = 3\n")});
  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.text, AllOf(HasSubstr("max-image"), HasSubstr("'max-images'")));
}

TEST(CommandLine, TakesAValueInQuotesAsItIs) {
  for (const std::string value : {"a#b", "a # b", "a, b", "a b\\", "[x]", "it's", "say \"x\"", " lead", "#", "a=b"}) {
    const std::string quote = value.find('"') == std::string::npos ? "\"" : "'";
    const std::string line = "models = " + quote + value + quote + "  # 'where' they \"are\"\n";
    EXPECT_EQ(OptionsOf({"--config", WriteConfig(line)}).models, value);
    const EarlyExit printed = ExitOf({"--models", value, "--print-config"});
    EXPECT_EQ(OptionsOf({"--config", WriteConfig(printed.text)}).models, value) << "as printed";
  }
}

TEST(CommandLine, RefusesAFileThatCannotMeanOneThing) {
  for (const std::string line : {"models = a b", "models = a,b", "models = [\"a\"]", "models = \"a",
                                 "models =", "models", "[server]", "= 3", "models = \"a\" b", "models = \"a\x01\""}) {
    const EarlyExit exit = ExitOf({"--config", WriteConfig("lanes = 1\n" + line + "\n")});
    EXPECT_EQ(exit.code, 2) << line;
    EXPECT_THAT(exit.text, HasSubstr("line 2: wanted ")) << line;
  }
}

TEST(CommandLine, TakesNoArgumentForTheValueOfAnother) {
  EXPECT_THAT(ExitOf({"--models=", "--print-config"}).text, HasSubstr("--models: wanted a value, got nothing"));
}

TEST(CommandLine, RefusesAValueThatNoFileCanHold) {
  EXPECT_THAT(ExitOf({"--models", "a\nb"}).text, HasSubstr("control characters"));
  EXPECT_THAT(ExitOf({"--models= 5"}).text, HasSubstr("no spaces around a number"));
  EXPECT_THAT(ExitOf({"--models", "5 "}).text, HasSubstr("no spaces around a number"));
  EXPECT_THAT(ExitOf({"--models", "it's \"it\""}).text, HasSubstr("one kind of quotes"));
}

TEST(CommandLine, UnknownVariableGetsTheNearestName) {
  const Environment variable("ONEBYONE_MAX_IMAGE", "3");
  const EarlyExit exit = ExitOf({"--models", "bundles"});
  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.text, AllOf(HasSubstr("ONEBYONE_MAX_IMAGE sets no option"), HasSubstr("ONEBYONE_MAX_IMAGES?")));
}

TEST(CommandLine, VariablesThatKubernetesSetsForAServiceOfThisNameAreLetBe) {
  const Environment host("ONEBYONE_SERVICE_HOST", "10.0.0.1");
  const Environment port("ONEBYONE_PORT_50051_TCP_ADDR", "10.0.0.1");
  const Environment link("ONEBYONE_PORT", "tcp://10.0.0.1:50051");
  const Environment client("ONEBYONE_SERVER", "localhost:50051");
  EXPECT_EQ(OptionsOf({"--models", "bundles"}).models, "bundles");
}

TEST(CommandLine, MissingFileIsWrongUsage) {
  EXPECT_THAT(ExitOf({"--models=m", "--config", "/no/such/file"}).text, HasSubstr("/no/such/file"));
}

TEST(CommandLine, NamesTheEnvironmentVariableThatIsWrong) {
  const Environment images("ONEBYONE_MAX_IMAGES", "0");
  const EarlyExit exit = ExitOf({"--models=m"});
  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.text, AllOf(HasSubstr("--max-images"), HasSubstr("ONEBYONE_MAX_IMAGES")));
}

struct WrongUsage {
  std::vector<std::string> arguments;
  std::string message;
};

class WrongCommandLine : public ::testing::TestWithParam<WrongUsage> {};

TEST_P(WrongCommandLine, ExitsWithTwoAndSaysWhy) {
  const EarlyExit exit = ExitOf(GetParam().arguments);
  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.text, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Usages, WrongCommandLine,
    ::testing::Values(WrongUsage{{}, "--models"},
                      WrongUsage{{"--models=m", "--max-images", "many"},
                                 "--max-images: wanted a whole number, got 'many'"},
                      WrongUsage{{"--models=m", "--max-images=0"}, "--max-images: wanted 1 to 100000, got 0"},
                      WrongUsage{{"--models=m", "--listen=nowhere"}, "--listen: wanted HOST:PORT"},
                      WrongUsage{{"--models=m", "--listen=host:65536"}, "--listen: wanted HOST:PORT"},
                      WrongUsage{{"--models=m", "--lame-duck=soon"}, "--lame-duck"},
                      WrongUsage{{"--models=m", "--lame-duck=-1"}, "--lame-duck"},
                      WrongUsage{{"--models=m", "--keepalive-time=0"}, "--keepalive-time: wanted 1 or more seconds"},
                      WrongUsage{{"--models=m", "--max-images=500"}, "--max-queued-images: wanted at least"},
                      WrongUsage{{"--models=m", "--max-queued-bytes=1MiB"}, "--max-queued-bytes: wanted at least"},
                      WrongUsage{{"--models=m", "--max-message-bytes=8 apples"}, "--max-message-bytes"},
                      WrongUsage{{"--models=m", "--response-cache-bytes=5000"},
                                 "--response-cache-bytes: wanted 0 (no cache) or at least 1048576, got 5000"},
                      WrongUsage{{"--models=m", "--reflection=maybe"}, "--reflection"},
                      WrongUsage{{"--models=m", "--convolution=fast"}, "--convolution"},
                      WrongUsage{{"--models=m", "--precision=f64"}, "--precision"},
                      WrongUsage{{"--models=m", "--log-level=loud"}, "--log-level"},
                      WrongUsage{{"--models=m", "--no-such-option"}, "--no-such-option"},
                      WrongUsage{{"--models=m", "--max-image-pixels=0"}, "pixels"},
                      WrongUsage{{"--models=m", "--metrics-listen=127.0.0.1:50051"},
                                 "--metrics-listen: wanted another address than --listen"},
                      WrongUsage{{"--models=m", "stray"}, "stray"}));

}  // namespace
}  // namespace onebyone
