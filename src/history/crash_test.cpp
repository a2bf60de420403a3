// kill -9 while two threads append, again and again; and a disk that is full for a while.
//
// The program is its own child: the tests named DISABLED_ do nothing but what their parents ask of them.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "history/history_rig.h"

namespace anlan {
namespace {

namespace fs = std::filesystem;
constexpr int64_t kStart = 1'700'000'000'000;
constexpr int kThreads = 2, kKills = 20, kSkipped = 77;
constexpr const char *kFolder = "ANLAN_HISTORY_TEST_FOLDER", *kNext = "ANLAN_HISTORY_TEST_NEXT";
constexpr int kAcknowledged = 3;  // descriptor of the pipe in the child
constexpr uint32_t kMark = 0x414E4C41;
struct Record {
  uint32_t mark, thread, n;
};

// Batch n of a thread, always the same: in time, late, double, and replaced by later batches.
std::vector<Reading> batch_of(int thread, uint32_t n) {
  std::mt19937_64 dice(n * 2 + static_cast<uint32_t>(thread));
  std::vector<Reading> out;
  for (uint32_t i = 0; i < 400; ++i) {
    const auto link = static_cast<LinkNumber>(thread * 10 + static_cast<int>(dice() % 10));
    const int64_t in_time = kStart + (static_cast<int64_t>(n) * 400 + i) * 1'000;
    const int64_t late = kStart + static_cast<int64_t>(dice() % (static_cast<uint64_t>(n) * 400 + 400)) * 1'000;
    out.push_back({{dice() % 8 == 0 ? late : in_time}, static_cast<double>(n) / 10, link});
  }
  return out;
}

HistoryOptions small_log() {
  HistoryOptions options;
  options.log_readings = 30'000;
  return options;
}

// With a pipe to acknowledge on it says nothing else.
pid_t start_child(const char* test, const std::string& folder, int acknowledged = -1) {
  const std::string filter = std::string("--gtest_filter=") + test;
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setenv(kFolder, folder.c_str(), 1);
  ::dup2(acknowledged >= 0 ? ::open("/dev/null", O_WRONLY) : STDERR_FILENO, STDOUT_FILENO);
  if (acknowledged >= 0) ::dup2(acknowledged, kAcknowledged);
  ::execl("/proc/self/exe", "history_test", filter.c_str(), "--gtest_also_run_disabled_tests", nullptr);
  ::_exit(127);
}

// Acknowledges each batch with a record {thread, n} on a pipe of the parent.
TEST(Crash, DISABLED_Appender) {
  const char* folder = std::getenv(kFolder);
  if (!folder) GTEST_SKIP() << "runs as a child only";
  uint32_t next[kThreads] = {};
  std::istringstream from(std::getenv(kNext));
  for (auto& n : next) from >> n;
  auto history = History::open(folder, small_log()).value();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (uint32_t n = next[t];; ++n) {
        if (!history->append(batch_of(t, n))) ::_exit(1);
        const Record record{kMark, static_cast<uint32_t>(t), n};
        if (::write(kAcknowledged, &record, sizeof record) != sizeof record) ::_exit(1);
      }
    });
  for (auto& t : threads) t.join();
}

TEST(Crash, WhatWasAcknowledgedIsThereAfterKills) {
  std::string folder = (fs::temp_directory_path() / "history-kill-XXXXXX").string();
  ASSERT_TRUE(::mkdtemp(folder.data()));
  std::mt19937_64 dice(4);
  uint32_t acknowledged[kThreads] = {};  // the next batch of each thread
  for (int round = 0; round < kKills; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    ::setenv(kNext, (std::to_string(acknowledged[0]) + " " + std::to_string(acknowledged[1])).c_str(), 1);
    const pid_t child = start_child("Crash.DISABLED_Appender", folder, pipe[1]);
    ::close(pipe[1]);
    // Killed when it has acknowledged so many batches, while both threads are in the middle of the next.
    const uint64_t batches = 1 + dice() % 40;
    Record record;
    uint64_t seen = 0;
    for (; ::read(pipe[0], &record, sizeof record) == sizeof record; ++seen) {
      ASSERT_EQ(record.mark, kMark);
      ASSERT_EQ(record.n, acknowledged[record.thread]);
      acknowledged[record.thread] = record.n + 1;
      if (seen + 1 == batches) ::kill(child, SIGKILL);
    }
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "round " << round << " after " << seen;
    EXPECT_GE(seen, batches);
  }
  const auto history = History::open(folder, small_log()).value();
  for (int t = 0; t < kThreads; ++t) {
    ASSERT_GT(acknowledged[t], 20u);
    Reference sure, perhaps;
    for (uint32_t n = 0; n < acknowledged[t]; ++n) sure.append(batch_of(t, n));
    perhaps = sure;
    perhaps.append(batch_of(t, acknowledged[t]));
    bool all_sure = true, all_perhaps = true;
    for (const auto& [link, ignored] : perhaps.links) {
      std::vector<Sample> got;
      ASSERT_TRUE(history->read(link, {INT64_MIN}, kNever, [&](std::span<const Sample> chunk) {
        got.insert(got.end(), chunk.begin(), chunk.end());
        return true;
      }));
      all_sure = all_sure && got == sure.read(link);
      all_perhaps = all_perhaps && got == perhaps.read(link);
    }
    EXPECT_TRUE(all_sure || all_perhaps) << "thread " << t << ": the batches acknowledged, and the next one whole or not at all";
  }
  fs::remove_all(folder);
}

// With a file system of its own of 96 MB.
TEST(Crash, DISABLED_FullDisk) {
  const char* folder = std::getenv(kFolder);
  if (!folder) GTEST_SKIP() << "runs as a child only";
  if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) std::_Exit(kSkipped);
  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  if (::mount("none", folder, "tmpfs", 0, "size=96m") != 0) std::_Exit(kSkipped);
  const std::string place = std::string(folder) + "/history", ballast = std::string(folder) + "/ballast";
  HistoryOptions options;
  options.log_readings = 200'000;
  options.reserve_bytes = 8 << 20;
  auto history = History::open(place, options).value();
  Reference reference;
  std::mt19937_64 dice(2);
  int64_t minute = 0;
  const auto next = [&] {
    std::vector<Reading> batch;
    for (int i = 0; i < 2'000; ++i) batch.push_back({{kStart + (minute++) * 60'000 - (dice() % 9 == 0 ? 3'600'000 : 0)}, std::bit_cast<double>(dice() >> 2), static_cast<LinkNumber>(dice() % 100)});
    return batch;
  };
  const auto compare = [&](const History& h) {
    for (const auto& [link, samples] : reference.links) {
      std::vector<Sample> got;
      const auto done = h.read(link, {INT64_MIN}, kNever, [&](std::span<const Sample> chunk) {
        got.insert(got.end(), chunk.begin(), chunk.end());
        return true;
      });
      ASSERT_TRUE(done) << done.error().describe();
      ASSERT_EQ(got, reference.read(link)) << link;
    }
  };
  const auto fill_up = [&](uint64_t but) {
    const auto space = fs::space(folder).available;
    std::ofstream fill(ballast, std::ios::binary | std::ios::app);
    const std::string chunk(65'536, 'x');
    for (uint64_t n = 0; n + but < space && fill.write(chunk.data(), 65'536).flush(); n += 65'536) {
    }
  };
  const std::vector<Reading> large = [&] {
    std::vector<Reading> batch;
    for (int i = 0; i < 900'000; ++i) batch.push_back({{kStart + int64_t{i} * 60'000}, std::bit_cast<double>(dice() >> 2), 200});
    return batch;
  }();
  for (int time = 0; time < 4; ++time) {
    for (int i = 0; i < 20; ++i) {
      const auto batch = next();
      const auto result = history->append(batch);
      ASSERT_TRUE(result) << time << " " << i << " " << result.error().describe();
      reference.append(batch);
    }
    // The space goes away before a batch, or in the middle of one.
    fill_up(time % 2 == 0 ? 0 : options.reserve_bytes + 500'000);
    if (time % 2 == 1) {
      const auto refused = history->append(large);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kDiskFull) << refused.error().describe();
    }
    fill_up(0);
    for (int i = 0; i < 5; ++i) {
      const auto refused = history->append(next());
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kDiskFull) << refused.error().describe();
    }
    compare(*history);
    fs::remove(ballast);
  }
  const auto batch = next();
  const auto result = history->append(batch);
  ASSERT_TRUE(result) << result.error().describe();
  reference.append(batch);
  compare(*history);
  // As after a kill, then as after an orderly end.
  fs::copy(place, std::string(folder) + "/copy", fs::copy_options::recursive);
  history.reset();
  compare(*History::open(std::string(folder) + "/copy", options).value());
  fs::remove_all(std::string(folder) + "/copy");
  compare(*History::open(place, options).value());
}

TEST(Crash, AFullDiskLosesNothingAndIsGotOver) {
  std::string folder = (fs::temp_directory_path() / "history-full-XXXXXX").string();
  ASSERT_TRUE(::mkdtemp(folder.data()));
  const pid_t child = start_child("Crash.DISABLED_FullDisk", folder);
  int status = 0;
  ::waitpid(child, &status, 0);
  fs::remove_all(folder);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kSkipped) GTEST_SKIP() << "a file system cannot be mounted here";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace anlan
