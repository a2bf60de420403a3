// The configuration file: what `fire_spots` may say.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "anlan/config.h"

namespace anlan {
namespace {

Result<Config> read(const std::string& text) {
  const auto file = std::filesystem::temp_directory_path() / ("anlan-config-" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(file) << text;
  auto config = read_config(file.string());
  std::filesystem::remove(file);
  return config;
}

TEST(Config, NamesWhereFireSpotsComeFrom) {
  EXPECT_TRUE(read("name: 某县\n")->fire_spots.urls.empty());
  const auto one = read("fire_spots: {url: \"https://firms.example/a\"}\n");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->fire_spots.urls, std::vector<std::string>{"https://firms.example/a"});
  EXPECT_EQ(one->fire_spots.every_minutes, 10);
  const auto more = read("fire_spots:\n  url: [\"https://a\", \"https://b\"]\n  folder: firms\n  every: 30 min\n");
  ASSERT_TRUE(more);
  EXPECT_EQ(more->fire_spots.urls.size(), 2u);
  EXPECT_EQ(more->fire_spots.folder, "firms");
  EXPECT_EQ(more->fire_spots.every_minutes, 30);
}

TEST(Config, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"fire_spots: 7\n", "fire_spots: {uri: x}\n", "fire_spots: {url: x, every: 10}\n", "fire_spots: {url: x, every: min}\n", "fire_spots: {url: x, every: 0 min}\n", "fire_spots: {url: x, every: \" min\"}\n",
                           "fire_spots: {url: x, every: 9999999 min}\n", "fire_spots: {url: [a,b,c,d,e,f,g,h,i,j,k]}\n", "fire_spot: {}\n"}) {
    const auto config = read(text);
    ASSERT_FALSE(config) << text;
    EXPECT_FALSE(config.error().details.empty()) << text;
  }
}

}  // namespace
}  // namespace anlan
