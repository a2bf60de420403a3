// For tests: a folder of its own, and what is left of a history when it is read.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <random>

#include "history/history.h"

namespace anlan {

class HistoryRig : public testing::Test {
 protected:
  HistoryRig() {
    std::string pattern = (std::filesystem::temp_directory_path() / "history-XXXXXX").string();
    CHECK(::mkdtemp(pattern.data()));
    folder = pattern;
    open();
  }
  ~HistoryRig() override {
    history.reset();
    std::filesystem::remove_all(folder);
  }
  void open() {
    history.reset();
    auto opened = History::open(folder, options);
    ASSERT_TRUE(opened) << opened.error().describe();
    history = std::move(*opened);
  }
  // Goes on from the files as they are now, as after a kill.
  void crash() {
    const auto copy = folder + "-copy";
    // Again when the store's own threads changed the files meanwhile: no moment would look like that.
    for (std::error_code fault;;) {
      const auto before = listing();
      std::filesystem::copy(folder, copy, std::filesystem::copy_options::recursive, fault);
      if (!fault && before == listing()) break;
      std::filesystem::remove_all(copy);
    }
    history.reset();
    std::filesystem::remove_all(folder);
    std::filesystem::rename(copy, folder);
    open();
  }
  std::vector<Sample> read(LinkNumber link, UtcTime from = {INT64_MIN}, UtcTime until = kNever) const {
    std::vector<Sample> out;
    const auto done = history->read(link, from, until, [&](std::span<const Sample> chunk) {
      EXPECT_FALSE(chunk.empty());
      out.insert(out.end(), chunk.begin(), chunk.end());
      return true;
    });
    EXPECT_TRUE(done) << done.error().describe();
    for (size_t i = 1; i < out.size(); ++i) EXPECT_LT(out[i - 1].at, out[i].at) << i;
    return out;
  }
  AppendResult append(const std::vector<Reading>& readings) {
    const auto result = history->append(readings);
    EXPECT_TRUE(result) << result.error().describe();
    return result ? *result : AppendResult{};
  }

  std::map<std::string, uint64_t> listing() const {
    std::map<std::string, uint64_t> out;
    std::error_code gone;
    for (const auto& f : std::filesystem::directory_iterator(folder)) out[f.path().string()] = f.file_size(gone);
    return out;
  }

  HistoryOptions options;
  std::string folder;
  std::unique_ptr<History> history;
};

// The same thing, simply.
class Reference {
 public:
  AppendResult append(const std::vector<Reading>& readings) {
    AppendResult out;
    for (const auto& r : readings) {
      const auto [at, added] = links[r.link].try_emplace(r.at.ms, r.value);
      if (added) ++out.stored;
      else if (at->second == r.value) ++out.duplicates;
      else ++out.replaced, at->second = r.value;
    }
    return out;
  }
  std::vector<Sample> read(LinkNumber link, UtcTime from = {INT64_MIN}, UtcTime until = kNever) const {
    std::vector<Sample> out;
    const auto& samples = links.at(link);
    for (auto at = samples.lower_bound(from.ms); at != samples.end() && at->first < until.ms; ++at) out.push_back({{at->first}, at->second});
    return out;
  }
  std::map<LinkNumber, std::map<int64_t, double>> links;
};

}  // namespace anlan
