// Hedged calls through real channels to two servers.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <optional>
#include <thread>

#include "absl/strings/str_format.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "tests/client/server_pair.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::Refusal;
using ::onebyone::testing::RequestFor;
using ::onebyone::testing::ServerPair;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::WaitForTheClientToLeave;
using ::testing::Each;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using Response = absl::StatusOr<v1::ExtractFeaturesResponse>;

constexpr absl::Duration kDelay = absl::Milliseconds(20);

class HedgedCallTest : public ::testing::Test {
 protected:
  std::unique_ptr<FeatureClient> Connect(ClientOptions options = {}) {
    if (!options.hedge.enabled()) options.hedge = {.delay = kDelay, .budget = 1};
    return pair_.Connect(options);
  }

  ServerPair pair_;
};

TEST_F(HedgedCallTest, AsksTheNextServerWhereTheFirstIsSlow) {
  pair_.act = [](grpc::ServerContext& context, int, int number) {
    return number == 0 ? WaitForTheClientToLeave(context) : grpc::Status::OK;
  };
  const auto client = Connect();
  const int64_t warm_up = client->hedge_counts().hedged;
  EXPECT_THAT(client->ExtractFeatures(RequestFor("a")), IsOk());
  pair_.Await(2, /*cancelled=*/1);  // the loser
  const auto attempts = pair_.attempts();
  ASSERT_THAT(attempts, SizeIs(2));
  EXPECT_NE(attempts[0].server, attempts[1].server);
  EXPECT_GE(attempts[1].begin - attempts[0].begin, kDelay / 2);
  EXPECT_TRUE(attempts[0].cancelled);
  EXPECT_FALSE(attempts[1].cancelled);
  EXPECT_EQ(client->hedge_counts().hedged - warm_up, 1);
  EXPECT_GE(client->hedge_counts().won, 1);
}

TEST_F(HedgedCallTest, AsksOnceWhereTheAnswerComesInTime) {
  const auto client = Connect({.hedge = {.delay = absl::Seconds(20), .budget = 1}});
  for (int i = 0; i < 20; ++i) EXPECT_THAT(client->ExtractFeatures(RequestFor("a")), IsOk());
  EXPECT_THAT(pair_.attempts(), SizeIs(20));
  EXPECT_EQ(client->hedge_counts().hedged, 0);
}

TEST_F(HedgedCallTest, TakesTheFirstAnswerWhereTheHedgeIsSlower) {
  pair_.act = [](grpc::ServerContext& context, int, int number) {
    if (number > 0) return WaitForTheClientToLeave(context);
    absl::SleepFor(absl::Milliseconds(200));
    return grpc::Status::OK;
  };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")), IsOk());
  pair_.Await(2, /*cancelled=*/1);
  EXPECT_TRUE(pair_.attempts()[1].cancelled);
}

class HedgeThatFails : public HedgedCallTest, public ::testing::WithParamInterface<grpc::StatusCode> {};

TEST_P(HedgeThatFails, ChangesNothing) {
  pair_.act = [](grpc::ServerContext& context, int, int number) {
    context.AddTrailingMetadata("grpc-retry-pushback-ms", "-1");
    if (number > 0) return grpc::Status(GetParam(), "not this one");
    absl::SleepFor(absl::Milliseconds(200));
    return grpc::Status::OK;
  };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")), IsOk());
  EXPECT_THAT(pair_.attempts(), SizeIs(2));
}

INSTANTIATE_TEST_SUITE_P(Codes, HedgeThatFails,
                         ::testing::Values(grpc::StatusCode::RESOURCE_EXHAUSTED, grpc::StatusCode::UNAVAILABLE,
                                           grpc::StatusCode::DEADLINE_EXCEEDED, grpc::StatusCode::INTERNAL));

TEST_F(HedgedCallTest, EndsWithAnErrorThatRetryingDoesNotMend) {
  pair_.act = [](grpc::ServerContext& context, int, int number) {
    if (number > 0) return WaitForTheClientToLeave(context);
    absl::SleepFor(absl::Milliseconds(100));
    return grpc::Status(grpc::StatusCode::NOT_FOUND, "no such model");
  };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")), StatusIs(absl::StatusCode::kNotFound));
  pair_.Await(2, /*cancelled=*/1);
}

// The pushback is longer than the delay: a hedge would go round the server's wish.
TEST_F(HedgedCallTest, WaitsAsToldInsteadOfHedgingAroundARefusal) {
  pair_.act = [](grpc::ServerContext& context, int, int number) {
    return number == 0 ? Refusal(context, 300) : grpc::Status::OK;
  };
  const auto client = Connect();
  const int64_t warm_up = client->hedge_counts().hedged;
  EXPECT_THAT(client->ExtractFeatures(RequestFor("a")), IsOk());
  const auto attempts = pair_.attempts();
  ASSERT_THAT(attempts, SizeIs(2));
  EXPECT_GE(attempts[1].begin - attempts[0].begin, absl::Milliseconds(299));
  EXPECT_LT(attempts[1].begin - attempts[0].begin, absl::Seconds(5));
  EXPECT_EQ(client->hedge_counts().hedged, warm_up);
}

TEST_F(HedgedCallTest, AsksNobodyWhereTheServerForbidsRetries) {
  pair_.act = [](grpc::ServerContext& context, int, int) { return Refusal(context, -1); };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")), StatusIs(absl::StatusCode::kResourceExhausted));
  absl::SleepFor(3 * kDelay);
  EXPECT_THAT(pair_.attempts(), SizeIs(1));
}

// The answer of a hedge that was on its way before the refusal came is taken all the same.
TEST_F(HedgedCallTest, TakesTheHedgesAnswerWhereTheFirstIsRefusedLate) {
  pair_.act = [](grpc::ServerContext& context, int, int number) {
    absl::SleepFor(absl::Milliseconds(number == 0 ? 100 : 300));
    return number == 0 ? Refusal(context, 10'000) : grpc::Status::OK;
  };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")), IsOk());
  EXPECT_THAT(pair_.attempts(), SizeIs(2));
}

TEST_F(HedgedCallTest, GivesUpAfterTheAttemptsOfItsRetries) {
  pair_.act = [](auto&, int, int) { return grpc::Status(grpc::StatusCode::UNAVAILABLE, "never"); };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("never")));
  EXPECT_THAT(pair_.attempts(), SizeIs(4));
}

TEST_F(HedgedCallTest, KeepsTheDeadlineOfBothAttempts) {
  pair_.act = [](grpc::ServerContext& context, int, int) { return WaitForTheClientToLeave(context); };
  const auto client = Connect();
  const absl::Time start = absl::Now();
  EXPECT_THAT(client->ExtractFeatures(RequestFor("a"), {.deadline = absl::Milliseconds(200)}),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(195));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  pair_.Await(2, /*cancelled=*/2);
}

TEST_F(HedgedCallTest, DoesNotWaitForARetryPastTheDeadline) {
  pair_.act = [](grpc::ServerContext& context, int, int) { return Refusal(context, 60'000); };
  const auto client = Connect();
  const absl::Time start = absl::Now();
  EXPECT_THAT(client->ExtractFeatures(RequestFor("a"), {.deadline = absl::Seconds(30)}),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_F(HedgedCallTest, CancelsBothAttempts) {
  pair_.act = [](grpc::ServerContext& context, int, int) { return WaitForTheClientToLeave(context); };
  const auto client = Connect();
  Cancellation cancellation;
  absl::Status outcome;
  std::thread asking(
      [&] { outcome = client->ExtractFeatures(RequestFor("a"), {.cancellation = &cancellation}).status(); });
  pair_.Await(2);
  cancellation.Cancel();
  asking.join();
  EXPECT_THAT(outcome, StatusIs(absl::StatusCode::kCancelled));
  pair_.Await(2, /*cancelled=*/2);
}

TEST_F(HedgedCallTest, IsCancelledWhileItWaitsToRetry) {
  absl::Notification refused;
  pair_.act = [&refused](grpc::ServerContext& context, int, int) {
    refused.Notify();
    return Refusal(context, 30'000);
  };
  const auto client = Connect();
  Cancellation cancellation;
  absl::Status outcome;
  std::thread asking(
      [&] { outcome = client->ExtractFeatures(RequestFor("a"), {.cancellation = &cancellation}).status(); });
  refused.WaitForNotification();
  absl::SleepFor(absl::Milliseconds(50));  // the refusal arrives
  const absl::Time start = absl::Now();
  cancellation.Cancel();
  asking.join();
  EXPECT_THAT(outcome, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_F(HedgedCallTest, BeginsNothingAfterCancellation) {
  const auto client = Connect();
  Cancellation cancellation;
  cancellation.Cancel();
  EXPECT_THAT(client->ExtractFeatures(RequestFor("a"), {.cancellation = &cancellation}),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(pair_.attempts(), SizeIs(0));
}

TEST_F(HedgedCallTest, IsCancelledAndAwaitedByTheEndOfTheClient) {
  pair_.act = [](grpc::ServerContext& context, int, int) { return WaitForTheClientToLeave(context); };
  std::vector<absl::Status> outcomes;
  auto client = Connect();
  client->ExtractFeaturesAsync(RequestFor("a"), [&](const Response& answer) { outcomes.push_back(answer.status()); });
  pair_.Await(2);
  client.reset();
  EXPECT_THAT(outcomes, ::testing::ElementsAre(StatusIs(absl::StatusCode::kCancelled)));
}

// As in FeatureClientTest: no thread of gRPC's may be the last to hold the channel. The hedges lose and end late.
TEST_F(HedgedCallTest, OutlivesNoClient) {
  pair_.act = [](auto&, int, int) {
    absl::SleepFor(absl::Milliseconds(2));
    return grpc::Status::OK;
  };
  for (int i = 0; i < 50; ++i) {
    std::atomic<int> answers = 0;
    auto client =
        FeatureClient::Create({.target = pair_.target(), .hedge = {.delay = absl::Milliseconds(1), .budget = 1}});
    ASSERT_THAT(client, IsOk());
    absl::Notification answered;
    (*client)->ExtractFeaturesAsync(RequestFor("a"), [&](const Response&) {
      ++answers;
      answered.Notify();
    });
    if (i % 2 == 0) answered.WaitForNotification();
    client->reset();
    ASSERT_EQ(answers, 1);
  }
}

TEST_F(HedgedCallTest, ServesManyThreads) {
  pair_.act = [](auto&, int, int number) {
    absl::SleepFor(absl::Milliseconds(number % 7));
    return number % 11 == 0 ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "now and then") : grpc::Status::OK;
  };
  const auto client = Connect({.hedge = {.delay = absl::Milliseconds(3), .budget = 1}});
  std::vector<std::atomic<int>> answers(400);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      absl::BlockingCounter open(50);
      for (int i = t; i < 400; i += 8) {
        client->ExtractFeaturesAsync(RequestFor("a"), [&, i](const Response& answer) {
          EXPECT_THAT(answer, IsOk());
          ++answers[i];
          open.DecrementCount();
        });
      }
      open.Wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& count : answers) EXPECT_EQ(count, 1);
}

// Latencies of calls by sixteen threads, in order of length.
struct Measurement {
  std::vector<absl::Duration> latencies;
  std::vector<int> answers;  // of each call

  absl::Duration Percentile(double percent) const {
    return latencies[static_cast<size_t>(percent / 100 * static_cast<double>(latencies.size()))];
  }
};

Measurement Measure(const FeatureClient& client, int calls) {
  constexpr int kThreads = 16;
  Measurement measured = {.latencies = std::vector<absl::Duration>(calls), .answers = std::vector<int>(calls)};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < calls; i += kThreads) {
        const absl::Time start = absl::Now();
        absl::Notification answered;
        client.ExtractFeaturesAsync(RequestFor("a"), [&, i](const Response& answer) {
          EXPECT_THAT(answer, IsOk());
          if (++measured.answers[i] == 1) answered.Notify();
        });
        answered.WaitForNotification();
        measured.latencies[i] = absl::Now() - start;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::sort(measured.latencies.begin(), measured.latencies.end());
  return measured;
}

// One server of two stalls one request in twenty by half a second: a fortieth of all requests. Hedging after the 95th
// percentile takes that out of the 99th, with at most one request in twenty asked twice.
TEST_F(HedgedCallTest, TakesStallsOutOfTheTail) {
  std::atomic<int> of_the_first = 0;
  pair_.act = [&of_the_first](grpc::ServerContext& context, int server, int) {
    if (server == 0 && ++of_the_first % 20 == 0) {
      const absl::Time end = absl::Now() + absl::Milliseconds(500);
      while (absl::Now() < end && !context.IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
    }
    return grpc::Status::OK;
  };
  constexpr int kCalls = 2000;
  const Measurement plain = Measure(*pair_.Connect(), kCalls);
  const size_t plain_attempts = pair_.attempts().size();
  EXPECT_EQ(plain_attempts, kCalls);

  auto client = Connect({.hedge = {.percentile = 95}});
  const HedgeCounts before = client->hedge_counts();
  const Measurement hedged = Measure(*client, kCalls);
  const HedgeCounts after = client->hedge_counts();
  client.reset();  // and with it the losers
  const auto milliseconds = [](absl::Duration duration) { return absl::ToDoubleMilliseconds(duration); };
  std::cout << absl::StreamFormat(
      "p50 %.1f -> %.1f ms, p95 %.1f -> %.1f ms, p99 %.1f -> %.1f ms; %d of %d calls hedged, %d won\n",
      milliseconds(plain.Percentile(50)), milliseconds(hedged.Percentile(50)), milliseconds(plain.Percentile(95)),
      milliseconds(hedged.Percentile(95)), milliseconds(plain.Percentile(99)), milliseconds(hedged.Percentile(99)),
      after.hedged - before.hedged, kCalls, after.won - before.won);
  EXPECT_GE(plain.Percentile(99), absl::Milliseconds(500));
  EXPECT_LE(hedged.Percentile(99), plain.Percentile(99) / 5);
  EXPECT_EQ(after.calls - before.calls, kCalls);
  EXPECT_LE(after.hedged, 0.05 * after.calls);
  EXPECT_GE(after.won - before.won, 20);
  // Each call is answered once; the servers were asked no more than once for each call and each hedge.
  EXPECT_THAT(hedged.answers, Each(Eq(1)));
  EXPECT_LE(pair_.attempts().size() - plain_attempts, kCalls + (after.hedged - before.hedged));
}

}  // namespace
}  // namespace onebyone
