#include "benchmarks/node_rig.h"

#include <future>

#include "benchmarks/province.h"
#include "registry/live_places.h"

namespace anlan::bench {
namespace {

constexpr Millis kTick = milliseconds(20), kMaintain = seconds(5);  // as the server's

}  // namespace

Pack unlimited_pack(int tries) {
  Pack pack = load_pack("packs/cn").value();
  for (auto& c : pack.channels) c.concurrency = c.burst = 1'000'000, c.rate_per_s = 1'000'000;
  for (auto& rule : pack.call_rules)
    for (auto& step : rule.steps)
      if (step.channel == "voice") step.tries = tries, step.retry_after = seconds(1);
  return pack;
}

BenchChannel::BenchChannel(std::string id, ReportSink& sink) : id_(std::move(id)), sink_(sink), thread_([this] { loop(); }) {}

BenchChannel::~BenchChannel() {
  {
    std::scoped_lock guard(mutex_);
    stopped_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

void BenchChannel::place(std::vector<Attempt> attempts, const std::string&) {
  int64_t first = 0;
  for (const auto& a : attempts) first += a.no == 1;
  placed += static_cast<int64_t>(attempts.size());
  if (first) {
    first_placed += first;
    last_first_ms = SystemClock().monotonic().count;
  }
  std::scoped_lock guard(mutex_);
  waiting_.insert(waiting_.end(), std::make_move_iterator(attempts.begin()), std::make_move_iterator(attempts.end()));
  wake_.notify_one();
}

void BenchChannel::loop() {
  for (;;) {
    std::vector<Attempt> batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopped_ || !waiting_.empty(); });
      if (stopped_) return;
      batch.swap(waiting_);
    }
    for (const auto& a : batch) sink_.report({a.round, a.seq, a.no, outcome});
  }
}

NodeRig::NodeRig(Pack p, bool keeps_readings) : disk(folder.path()), pack(std::move(p)) {
  NodeSettings settings;
  settings.name = "bench";
  if (keeps_readings) history = History::open(folder.path() + "/history").value();
  node = Node::open(settings, pack, open_sqlite(folder.path() + "/anlan.db").value(), disk, clock, random,
                    [this](std::function<void()> work) { workers.run(std::move(work)); }, history.get()).value();
  for (const auto& c : pack.channels) {
    auto channel = std::make_shared<BenchChannel>(c.id, node->caller());
    if (c.kind == ChannelKind::voice) voice = channel;
    if (c.kind == ChannelKind::sms) sms = channel;
    node->caller().add_channel(channel);
  }
}

NodeRig::~NodeRig() {
  stopping_ = true;
  if (timer_.joinable()) timer_.join();
  workers.stop();
  node->writer().stop();
  if (writer_.joinable()) writer_.join();
  node.reset();
}

void NodeRig::fill() {
  const auto must = [&](std::function<Result<Decision>(Reader&, UtcTime)> decide) {
    std::optional<Result<Answer>> answer;
    node->writer().submit({"node", "", "", std::move(decide), [&](const Result<Answer>& a) { answer.emplace(a); }, {}});
    while (!answer) node->writer().run_batch();
    answer->value();
  };
  const auto index = PlaceIndex::build(province_places(1), {}, node->pinyin());
  const auto places = node->attachments().put(index->write()).value();
  node->places().expect(places, index);
  must([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, places, "", "bench"); });
  const auto people = province_people();
  const auto list = node->attachments().put(write_people(people.persons, people.posts)).value();
  must([&](Reader&, UtcTime) -> Result<Decision> {
    return Decision{{fact(PeopleImported{list, kPeople, kPeople, 0, "bench.csv"})}, "{}"};
  });
}

void NodeRig::start(std::function<void()> every_tick) {
  node->start();
  writer_ = std::thread([this] {
    while (node->writer().wait()) node->writer().run_batch();
  });
  timer_ = std::thread([this, every_tick = std::move(every_tick)] {
    Millis maintained = clock.monotonic();
    while (!stopping_) {
      node->tick();
      if (every_tick) every_tick();
      if (clock.monotonic() - maintained >= kMaintain) {
        maintained = clock.monotonic();
        workers.run([this] { node->store().maintain(); });
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(kTick.count));
    }
  });
}

Result<Answer> NodeRig::run(const std::string& actor, std::function<Result<Decision>(Reader&, UtcTime)> decide,
                            std::function<void(Tables&)> also) {
  std::promise<Result<Answer>> answer;
  node->writer().submit({actor, "", "", std::move(decide), [&](const Result<Answer>& a) { answer.set_value(a); }, std::move(also)});
  return answer.get_future().get();
}

WarningId NodeRig::draft(int n) {
  WarningContent content;
  content.hazard = "rainstorm";
  content.level = WarningLevel::red;
  content.area = star(5, n, 3);
  content.area_label = "测试省";
  content.headline = "测试省发布暴雨红色预警";
  content.message = "测试省暴雨红色预警，请立即到岗。";
  content.onset = clock.now();
  content.expires = clock.now() + hours(12);
  WarningId id;
  run("account:1", [&](Reader& r, UtcTime now) {
    id = WarningId{peek_id(r, "warning")};
    return draft_warning(r, pack, WarningSource::drawn, content, {}, now);
  }).value();
  run("account:1", [&](Reader& r, UtcTime now) { return submit_warning(r, pack, id, true, "bench", now); }).value();
  return id;
}

Result<Answer> NodeRig::approve(WarningId warning) {
  return run("account:2", [&](Reader& r, UtcTime now) { return approve_warning(r, pack, warning, "account:2", "", "bench", now); });
}

}  // namespace anlan::bench
