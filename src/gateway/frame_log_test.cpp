// Raw frames on disk: what goes in comes out, after torn tails and restarts, within its bounds of time and size.
#include "gateway/frame_log.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace anlan {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr UtcTime kBegin{1'763'700'000'000};
constexpr UtcTime kEnd = kBegin + hours(24 * 365);

class Frames : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "frames-XXXXXX").string();
    ASSERT_TRUE(::mkdtemp(pattern.data()));
    options.folder = pattern + "/frames";
    folder = pattern;
    open();
  }
  void TearDown() override {
    log.reset();
    fs::remove_all(folder);
  }
  void open() {
    log.reset();
    log = FrameLog::open(options).value();
  }
  void add(std::string_view code, std::string_view bytes, UtcTime at = kBegin, FrameKind kind = FrameKind::sl651) { log->add({kind, at, "192.0.2.1", bytes}, std::span(&code, 1)); }
  std::vector<std::string> of(const std::string& code, size_t limit = 100, UtcTime from = UtcTime{0}, UtcTime until = kEnd) {
    std::vector<std::string> out;
    for (const auto& f : log->find({{code}, from, until, limit, true}).frames) out.push_back(f.bytes);
    return out;
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> out;
    for (const auto& e : fs::directory_iterator(options.folder)) out.push_back(e.path());
    std::sort(out.begin(), out.end());
    return out;
  }

  std::string folder;
  FrameLogOptions options;
  std::unique_ptr<FrameLog> log;
};

TEST_F(Frames, ComeBackByCodeNewestFirstBufferedOrNot) {
  const std::string binary("\x7E\x7E\x00\xFF"sv);
  add("A/39", binary);
  add("B/39", "other");
  add("A/39", "second", kBegin + seconds(1));
  const auto check = [&] {
    EXPECT_EQ(of("A/39"), (std::vector<std::string>{"second", binary}));
    EXPECT_EQ(of("A/39", 1), std::vector<std::string>{"second"});
    EXPECT_EQ(of("A/39", 9, kBegin, kBegin + seconds(1)), std::vector<std::string>{binary});
    EXPECT_TRUE(of("C/39").empty());
  };
  check();
  ASSERT_TRUE(log->flush(kBegin));
  check();
  open();
  check();
  const auto found = log->find({{"A/39"}, kBegin, kEnd, 10, true});
  ASSERT_EQ(found.frames.size(), 2u);
  EXPECT_FALSE(found.stopped);
  EXPECT_EQ(found.frames[0].number, 3u);
  EXPECT_EQ(found.frames[0].at, kBegin + seconds(1));
  EXPECT_EQ(found.frames[0].from, "192.0.2.1");
  EXPECT_EQ(found.frames[0].kind, FrameKind::sl651);
  EXPECT_EQ(found.frames[0].size, 6u);
  add("A/39", "third", kBegin + seconds(2));
  EXPECT_EQ(log->find({{"A/39"}, kBegin, kEnd, 1, true}).frames.at(0).number, 4u) << "numbers go on after a restart";
  const std::string code = "A/39";
  EXPECT_EQ(log->frame(1, std::span(&code, 1))->bytes, binary);
  EXPECT_EQ(log->frame(4, std::span(&code, 1))->bytes, "third");
  EXPECT_FALSE(log->frame(2, std::span(&code, 1))) << "of another link";
  EXPECT_FALSE(log->frame(99, std::span(&code, 1)));
}

TEST_F(Frames, ABatchOfManyLinksGivesEachItsOwn) {
  std::string json = "{\"readings\":[", lines;
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) {
    names.push_back(fmt::format("P{:05}", i));
    json += fmt::format("{}{{\"link\":\"P{:05}\",\"at\":1763700000000,\"value\":{}}}", i ? ", " : "", i, i);
    lines += fmt::format("P{:05} value={} 1763700000000\n", i, i);
  }
  json += "]}";
  const std::vector<std::string_view> codes(names.begin(), names.end());
  log->add({FrameKind::json, kBegin, "site", json}, codes);
  log->add({FrameKind::line, kBegin + seconds(1), "site", lines}, codes);
  const std::string_view elements[] = {"st/level", "st/rain"};
  log->add({FrameKind::line, kBegin + seconds(2), "site", "st level=1.5,rain=0.2 1763700000000"}, elements);
  log->add({FrameKind::json, kBegin + seconds(3), "site", R"([["x\"y",1763700000000,1],["z",1763700000000,2],["x\"y",1763700060000,3]])"}, elements);
  ASSERT_TRUE(log->flush(kBegin));
  EXPECT_EQ(of("P00000"), (std::vector<std::string>{"P00000 value=0 1763700000000", R"({"link":"P00000","at":1763700000000,"value":0})"}));
  EXPECT_EQ(of("P07777"), (std::vector<std::string>{"P07777 value=7777 1763700000000", R"({"link":"P07777","at":1763700000000,"value":7777})"}));
  EXPECT_TRUE(of("P10000").empty());
  EXPECT_EQ(of("st/rain").size(), 1u);
  EXPECT_TRUE(of("st").empty());
  EXPECT_EQ(items_of_link(FrameKind::json, R"([["x\"y",1763700000000,1],["z",1763700000000,2],["x\"y",1763700060000,3]])", "x\"y"),
            "[\"x\\\"y\",1763700000000,1]\n[\"x\\\"y\",1763700060000,3]");
  EXPECT_LT(log->bytes(), (json.size() + lines.size()) / 3) << "compressed";
}

TEST_F(Frames, ATornTailLosesTheTailAlone) {
  for (int i = 0; i < 3; ++i) {
    add("A", "frame " + std::to_string(i), kBegin + seconds(i));
    ASSERT_TRUE(log->flush(kBegin));
  }
  log.reset();
  const auto file = files().back();
  const auto size = fs::file_size(file);
  for (const auto cut : {size - 1, size * 2 / 3 + 10, size * 2 / 3}) {
    fs::resize_file(file, cut);
    open();
    EXPECT_EQ(of("A"), (std::vector<std::string>{"frame 1", "frame 0"})) << cut;
  }
  fs::resize_file(file, 10);
  open();
  EXPECT_TRUE(of("A").empty());
  add("A", "after", kBegin + seconds(9));
  ASSERT_TRUE(log->flush(kBegin));
  EXPECT_EQ(of("A"), std::vector<std::string>{"after"});
  EXPECT_EQ(files().size(), 2u) << "a segment is not written to again";
}

TEST_F(Frames, DamageWithinABlockIsSteppedOver) {
  for (int i = 0; i < 3; ++i) {
    add("A", "frame " + std::to_string(i), kBegin + seconds(i));
    ASSERT_TRUE(log->flush(kBegin));
  }
  log.reset();
  const auto file = files().back();
  std::string bytes(fs::file_size(file), '\0');
  std::ifstream(file, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  // Any one byte: never a crash, never a frame that was not sent.
  for (size_t i = 0; i < bytes.size(); ++i) {
    auto bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 0x41);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bad;
    open();
    const auto left = of("A");
    EXPECT_LE(left.size(), 3u);
    for (const auto& f : left) EXPECT_THAT(f, testing::AnyOf("frame 0", "frame 1", "frame 2")) << i;
  }
  auto bad = bytes;
  bad[bytes.size() / 2] = static_cast<char>(bad[bytes.size() / 2] ^ 1);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bad;
  open();
  EXPECT_EQ(of("A"), (std::vector<std::string>{"frame 2", "frame 0"}));
}

TEST_F(Frames, GoAfterThirtyDays) {
  for (int day = 0; day < 40; ++day) {
    add("A", std::to_string(day), kBegin + hours(24 * day));
    ASSERT_TRUE(log->flush(kBegin + hours(24 * day)));
  }
  const auto left = of("A");
  EXPECT_EQ(left.size(), 31u);
  EXPECT_EQ(left.back(), "9");
  EXPECT_EQ(files().size(), 31u);
  ASSERT_TRUE(log->flush(kBegin + hours(24 * 400)));
  EXPECT_TRUE(of("A").empty()) << "also the last one";
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(log->bytes(), 0u);
}

TEST_F(Frames, StayWithinTheirBytesAndTheOldestGoFirst) {
  options.bytes_max = 400'000;
  open();
  uint64_t noise = 1;
  for (int i = 0; i < 400; ++i) {
    std::string bytes(4'000, '\0');
    for (auto& b : bytes) b = static_cast<char>((noise = noise * 6364136223846793005ull + 1442695040888963407ull) >> 56);
    add("A", bytes, kBegin + seconds(i));
    ASSERT_TRUE(log->flush(kBegin + seconds(i)));
    ASSERT_LE(log->bytes(), options.bytes_max);
  }
  const auto found = log->find({{"A"}, kBegin, kEnd, 1'000, true}).frames;
  EXPECT_GE(found.size(), 80u);
  EXPECT_LE(found.size(), 100u);
  EXPECT_EQ(found.front().at, kBegin + seconds(399));
  EXPECT_EQ(found.back().at, kBegin + seconds(400 - static_cast<int>(found.size()))) << "no gap";
  uint64_t on_disk = 0;
  for (const auto& f : files()) on_disk += fs::file_size(f);
  EXPECT_EQ(on_disk, log->bytes());
}

TEST_F(Frames, AreCutAndSaySo) {
  options.frame_bytes_max = 100;
  open();
  add("A", std::string(1'000, 'x'));
  const auto found = log->find({{"A"}, kBegin, kEnd, 1, true}).frames;
  EXPECT_EQ(found.at(0).bytes.size(), 100u);
  EXPECT_EQ(found.at(0).size, 1'000u);
}

TEST_F(Frames, WhatCannotBeWrittenIsCountedAndTheRestGoesOn) {
  log.reset();
  fs::remove_all(options.folder);
  open();
  fs::remove_all(options.folder);
  add("A", "lost");
  EXPECT_FALSE(log->flush(kBegin));
  EXPECT_EQ(log->lost(), 1u);
  fs::create_directories(options.folder);
  add("A", "kept");
  EXPECT_TRUE(log->flush(kBegin));
  EXPECT_EQ(of("A"), std::vector<std::string>{"kept"});
}

TEST_F(Frames, ManyThreadsAddWhileOthersLook) {
  constexpr int kThreads = 4, kEach = 20'000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      const std::string code = "T" + std::to_string(t);
      for (int i = 0; i < kEach; ++i) add(code, fmt::format("{} says {} and fills the group with what it has to say", code, i), kBegin + milliseconds(i));
    });
  for (int i = 0; i < 20; ++i) EXPECT_LE(of("T0", 5).size(), 5u);
  for (auto& t : threads) t.join();
  for (int t = 0; t < kThreads; ++t) EXPECT_EQ(of("T" + std::to_string(t), 1'000'000).size(), static_cast<size_t>(kEach));
  EXPECT_EQ(log->added(), static_cast<uint64_t>(kThreads) * kEach);
}

TEST_F(Frames, Speed) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_of = [](auto since) { return std::chrono::duration<double>(Clock::now() - since).count(); };
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) names.push_back(fmt::format("P{:06}", i));
  const std::vector<std::string_view> codes(names.begin(), names.end());
  auto begin = Clock::now();
  for (int i = 0; i < 200'000; ++i) {
    const auto code = codes[static_cast<size_t>(i) % codes.size()];
    log->add({FrameKind::line, kBegin + milliseconds(i), "127.0.0.1", fmt::format("{} value=0.{} {}", code, i % 4, kBegin.ms + i)}, std::span(&code, 1));
  }
  ASSERT_TRUE(log->flush(kBegin));
  fmt::print("messages of one reading: {:.0f} per second, {:.1f} bytes each on disk\n", 200'000 / seconds_of(begin), static_cast<double>(log->bytes()) / 200'000);
  const auto before = log->bytes();
  std::string body = "[";
  for (int i = 0; i < 10'000; ++i) body += fmt::format("{}[\"{}\",{},0.{}]", i ? "," : "", names[static_cast<size_t>(i)], kBegin.ms, i * 7 % 4);
  body += "]";
  begin = Clock::now();
  for (int i = 0; i < 100; ++i) log->add({FrameKind::json, kBegin + seconds(i), "127.0.0.1", body}, codes);
  ASSERT_TRUE(log->flush(kBegin));
  fmt::print("batches of 10,000: {:.1f} million readings per second, {:.1f} bytes each on disk\n", 1 / seconds_of(begin), static_cast<double>(log->bytes() - before) / 1'000'000);
  begin = Clock::now();
  EXPECT_EQ(of("P000777", 50).size(), 50u);
  fmt::print("50 frames of a link: {:.1f} ms\n", 1'000 * seconds_of(begin));
}

}  // namespace
}  // namespace anlan
