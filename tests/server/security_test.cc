// Who may connect and call: tokens, methods, certificates, and options that exclude each other.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/base/file.h"
#include "server/security/authorizer.h"
#include "server/security/certificates.h"
#include "server/security/file_watch.h"
#include "server/security/method_list.h"
#include "server/security/security_options.h"
#include "server/security/token_set.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr char kToken[] = "c2VjcmV0LXRva2VuLTE=";
constexpr char kOther[] = "another-secret-0002";
constexpr char kMethod[] = "/onebyone.v1.FeatureExtraction/ListModels";
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);  // 2027-01-15

TEST(TokenSet, KnowsTheTokensOfItsFileAndNoOthers) {
  const auto set = TokenSet::Parse(absl::StrCat("# who may call\n\nalice ", kToken, "\n  ", kOther, "\r\n"));
  ASSERT_THAT(set, IsOk());
  EXPECT_EQ(set->size(), 2);
  EXPECT_THAT(set->Check(kToken, kNow), IsOk());
  EXPECT_THAT(set->Check(kOther, kNow), IsOk());
  for (const std::string wrong : {"", "alice", "c2VjcmV0LXRva2VuLTE", "c2VjcmV0LXRva2VuLTE=="}) {
    EXPECT_THAT(set->Check(wrong, kNow), StatusIs(absl::StatusCode::kUnauthenticated, Not(HasSubstr("secret"))));
  }
}

TEST(TokenSet, EndsATokenAtItsTime) {
  const auto set = TokenSet::Parse(absl::StrCat("bob ", kToken, " expires=2027-01-15T08:00:00Z"));
  ASSERT_THAT(set, IsOk());
  EXPECT_THAT(set->Check(kToken, kNow - absl::Seconds(1)), IsOk());
  EXPECT_THAT(set->Check(kToken, kNow), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("expired")));
  EXPECT_EQ(set->Expired(kNow), 1);
}

TEST(TokenSet, NamesTheLineThatIsWrongButShowsNoSecret) {
  const std::string good = absl::StrCat("alice ", kToken, "\n");
  for (const std::string wrong :
       {"bob short", "bob has three words-secret-secret", "bob secret-secret-secret expires=tomorrow",
        "bob secret!secret!secret", "bob c2VjcmV0LXRva2VuLTE="}) {
    EXPECT_THAT(TokenSet::Parse(good + wrong).status(),
                StatusIs(kInvalid, AllOf(HasSubstr("line 2"), Not(HasSubstr("secret")))))
        << wrong;
  }
  EXPECT_THAT(TokenSet::Parse("# nobody\n").status(), StatusIs(kInvalid, HasSubstr("got none")));
}

TEST(MethodList, HoldsMethodsAndWholeServices) {
  const auto list = MethodList::Parse("a.B/One, c.D/*");
  ASSERT_THAT(list, IsOk());
  EXPECT_TRUE(list->Contains("/a.B/One"));
  EXPECT_TRUE(list->Contains("/c.D/Any"));
  EXPECT_FALSE(list->Contains("/a.B/Two"));
  EXPECT_FALSE(list->Contains("/a.B/OneMore"));
  EXPECT_FALSE(list->Contains("/c.DD/Any"));
}

TEST(MethodList, HoldsEverythingWhereItIsEmpty) { EXPECT_TRUE(MethodList::Parse("")->Contains("/any.Thing/AtAll")); }

TEST(MethodList, RefusesWhatIsNoMethod) {
  for (const std::string wrong : {"a.B", "a.B/One,", "*", "a.B/O*", "a.B/One;c.D/Two", "http://a.B/One"}) {
    EXPECT_THAT(MethodList::Parse(wrong).status(), StatusIs(kInvalid, HasSubstr("--allow-methods"))) << wrong;
  }
}

TEST(Authorizer, LetsEveryCallThroughWhereNothingIsAskedFor) {
  EXPECT_THAT(Authorizer(*MethodList::Parse("")).Check(kMethod, {}, kNow), IsOk());
}

TEST(Authorizer, AsksForATokenBeforeItTellsWhatIsAllowed) {
  Authorizer authorizer(*MethodList::Parse("onebyone.v1.FeatureExtraction/ListModels"));
  authorizer.SetTokens(std::make_shared<const TokenSet>(*TokenSet::Parse(kToken)));
  const std::string header = absl::StrCat("Bearer ", kToken);
  EXPECT_THAT(authorizer.Check(kMethod, {header}, kNow), IsOk());
  EXPECT_THAT(authorizer.Check(kMethod, {absl::StrCat("bearer ", kToken)}, kNow), IsOk());
  EXPECT_THAT(authorizer.Check("/a.B/C", {header}, kNow), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(authorizer.Check("/a.B/C", {}, kNow), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(authorizer.Check(kMethod, {kToken}, kNow), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(authorizer.Check(kMethod, {header, header}, kNow), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(Authorizer, TellsOfEachCallThatItRefuses) {
  Authorizer authorizer(*MethodList::Parse("a.B/C"));
  std::vector<std::string> told;
  authorizer.TellRefusals([&](absl::string_view path, const absl::Status& why) {
    told.push_back(absl::StrCat(path, " ", absl::StatusCodeToString(why.code())));
  });
  EXPECT_THAT(authorizer.Check("/a.B/C", {}, absl::Now()), IsOk());
  EXPECT_FALSE(authorizer.Check("/a.B/D", {}, absl::Now()).ok());
  EXPECT_THAT(told, ::testing::ElementsAre("/a.B/D PERMISSION_DENIED"));
}

TEST(Authorizer, LeavesHealthOpen) {
  Authorizer authorizer(*MethodList::Parse("a.B/C"));
  authorizer.SetTokens(std::make_shared<const TokenSet>(*TokenSet::Parse(kToken)));
  EXPECT_THAT(authorizer.Check("/grpc.health.v1.Health/Check", {}, kNow), IsOk());
  EXPECT_THAT(authorizer.Check("/grpc.health.v1.Health/Watch", {}, kNow), IsOk());
  EXPECT_THAT(authorizer.Check("/grpc.health.v1.Healthy/Check", {}, kNow), Not(IsOk()));
  EXPECT_THAT(Authorizer::HealthOnly()->Check(kMethod, {}, kNow), StatusIs(absl::StatusCode::kPermissionDenied));
}

// The refusal of options that differ from the usual ones in some texts.
using Texts = std::vector<std::pair<std::string SecurityOptions::*, std::string>>;
std::string RefusalOf(const Texts& texts, const std::string& listen, bool insecure_tokens = false) {
  SecurityOptions options;
  options.allow_insecure_tokens = insecure_tokens;
  for (const auto& [field, text] : texts) options.*field = text;
  return std::string(options.Validate(listen).message());
}

TEST(SecurityOptions, RefuseWhatCannotBeTogether) {
  const std::string any = "0.0.0.0:50051";
  using Options = SecurityOptions;
  EXPECT_THAT(RefusalOf({{&Options::tls_certificate, "c"}}, any), HasSubstr("--tls-certificate: wanted --tls-key"));
  EXPECT_THAT(RefusalOf({{&Options::tls_key, "k"}}, any), HasSubstr("--tls-key: wanted --tls-certificate"));
  EXPECT_THAT(RefusalOf({{&Options::tls_client_ca, "a"}}, any), HasSubstr("--tls-client-ca: wanted --tls-certificate"));
  EXPECT_THAT(RefusalOf({}, any, true), HasSubstr("--allow-insecure-tokens: wanted --token-file"));
  EXPECT_THAT(RefusalOf({{&Options::allow_methods, "all"}}, any), HasSubstr("--allow-methods"));
  EXPECT_THAT(RefusalOf({{&Options::health_listen, any}}, any), HasSubstr("--health-listen"));
  EXPECT_EQ(RefusalOf({{&Options::health_listen, "127.0.0.1:0"}}, "127.0.0.1:0"), "");
}

TEST(SecurityOptions, KeepTokensFromCrossingTheNetworkInTheClear) {
  const Texts tokens = {{&SecurityOptions::token_file, "t"}};
  for (const std::string far : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "example.org:1", "127.evil.example:1"}) {
    EXPECT_THAT(RefusalOf(tokens, far), HasSubstr("--token-file")) << far;
  }
  for (const std::string near : {"127.0.0.1:1", "localhost:1", "[::1]:1", "unix:/run/onebyone.sock"}) {
    EXPECT_EQ(RefusalOf(tokens, near), "") << near;
  }
  Texts encrypted = tokens;
  encrypted.emplace_back(&SecurityOptions::tls_certificate, "c");
  encrypted.emplace_back(&SecurityOptions::tls_key, "k");
  EXPECT_EQ(RefusalOf(encrypted, "0.0.0.0:1"), "");
  EXPECT_EQ(RefusalOf(tokens, "0.0.0.0:1", /*insecure_tokens=*/true), "");
}

TEST(Certificates, AreRefusedByTheOptionThatIsWrong) {
  EXPECT_THAT(CheckCertificates({.chain = "no PEM", .key = "no PEM", .client_ca = ""}, kNow),
              StatusIs(kInvalid, HasSubstr("--tls-certificate")));
  EXPECT_THAT(CheckCertificates({}, kNow), StatusIs(kInvalid, HasSubstr("--tls-certificate")));
}

class FileWatchTest : public ::testing::Test {
 protected:
  ~FileWatchTest() override { std::remove(path_.c_str()); }
  void Write(const std::string& content) { ASSERT_THAT(WriteFile(path_, content), IsOk()); }

  const std::string path_ = absl::StrCat(::testing::TempDir(), "watched.", getpid());
  std::vector<std::string> used_;
  FileWatch watch_{"words", {path_}, [this](const FileWatch::Contents& contents) {
                     if (contents[0] == "bad") return absl::InvalidArgumentError("bad");
                     used_.push_back(contents[0]);
                     return absl::OkStatus();
                   }};
};

TEST_F(FileWatchTest, UsesWhatChanged) {
  Write("one");
  ASSERT_THAT(watch_.Load(), IsOk());
  watch_.Check();
  Write("two");
  watch_.Check();
  watch_.Check();
  EXPECT_THAT(used_, ElementsAre("one", "two"));
}

TEST_F(FileWatchTest, KeepsWhatItHasWhereTheFileIsGoneOrBad) {
  Write("one");
  ASSERT_THAT(watch_.Load(), IsOk());
  Write("bad");
  watch_.Check();
  std::remove(path_.c_str());
  watch_.Check();
  EXPECT_THAT(used_, ElementsAre("one"));
  Write("three");
  watch_.Check();
  EXPECT_THAT(used_, ElementsAre("one", "three"));
}

TEST_F(FileWatchTest, FailsAtStartWhereTheFileCannotBeUsed) {
  std::remove(path_.c_str());
  EXPECT_THAT(watch_.Load(), StatusIs(absl::StatusCode::kNotFound, HasSubstr(path_)));
  Write("bad");
  EXPECT_THAT(watch_.Load(), StatusIs(kInvalid, HasSubstr("bad")));
}

}  // namespace
}  // namespace onebyone
