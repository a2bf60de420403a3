#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "registry/alarm_rule_read.h"
#include "registry/earthquake_rules_read.h"
#include "registry/road_rules_read.h"
#include "registry/pack.h"
#include "registry/pack_check.h"
#include "registry/pack_references.h"
#include "registry/record_type_read.h"

namespace anlan {
namespace {

constexpr size_t kFilesMax = 500;
constexpr size_t kPackBytesMax = size_t{16} << 20;

enum class CapCategory { Geo, Met, Safety, Security, Rescue, Fire, Health, Env, Transport, Infra, CBRNE, Other };
BOOST_DESCRIBE_ENUM(CapCategory, Geo, Met, Safety, Security, Rescue, Fire, Health, Env, Transport, Infra, CBRNE, Other)
enum class PlaceLevelName { none, province, city, county, town, village };
BOOST_DESCRIBE_ENUM(PlaceLevelName, none, province, city, county, town, village)

PlaceLevel level_named(PlaceLevelName name) {
  constexpr PlaceLevel kLevels[] = {PlaceLevel::kNone,   PlaceLevel::kProvince, PlaceLevel::kCity,
                                    PlaceLevel::kCounty, PlaceLevel::kTown,     PlaceLevel::kVillage};
  return kLevels[static_cast<size_t>(name)];
}

class PackReader {
 public:
  void read_file(const std::string& file, std::string_view text);
  Result<Pack> finish();

 private:
  void read_pack_section(MapReader& top);
  void read_named(MapReader& item, Named& named);
  void read_hazard(MapReader& item);
  void read_rank(MapReader& item);
  void read_post_kind(MapReader& item);
  void read_channel(MapReader& item);
  void read_answer(MapReader& item);
  void read_call_rule(MapReader& item);
  void read_template(MapReader& item);
  void read_sentences(MapReader& top);
  // A list of ids of another section.
  std::vector<std::string> references(MapReader& item, std::string_view key, PackSection section);
  std::string reference(MapReader& item, std::string_view key, PackSection section, Need need);

  Pack pack_;
  PackSpots spots_{.pack = {"pack.yaml", 0}};
  PackReferences names_;
  Faults faults_;
  bool has_pack_section_ = false;
};

void PackReader::read_file(const std::string& file, std::string_view text) {
  auto root = parse_yaml(text, file);
  if (!root) {
    faults_.add(root.error());
    return;
  }
  if (root->kind == YamlNode::Kind::kNull) return;
  MapReader top(*root, file, "", faults_);
  if (root->kind != YamlNode::Kind::kMap) return;
  read_pack_section(top);
  each(top, "levels", [&](MapReader& item) {
    Named level;
    read_named(item, level);
    pack_.levels.push_back(std::move(level));
    spots_.levels.push_back(item.spot());
  });
  each(top, "hazards", [&](MapReader& item) { read_hazard(item); });
  each(top, "ranks", [&](MapReader& item) { read_rank(item); });
  each(top, "post_kinds", [&](MapReader& item) { read_post_kind(item); });
  each(top, "channels", [&](MapReader& item) { read_channel(item); });
  each(top, "answers", [&](MapReader& item) { read_answer(item); });
  each(top, "call_rules", [&](MapReader& item) { read_call_rule(item); });
  each(top, "templates", [&](MapReader& item) { read_template(item); });
  if (auto text = top.text("cancelled", Need::kOptional, 200); !text.empty()) pack_.cancelled = std::move(text);
  each(top, "record_types", [&](MapReader& item) {
    pack_.record_types.push_back(read_record_type(item));
    names_.define(PackSection::record_types, pack_.record_types.back().id, item.spot(), faults_);
  });
  read_rules(top, pack_.rules);
  read_roads(top, pack_.roads);
  read_earthquakes(top, pack_.earthquakes);
  each(top, "readings", [&](MapReader& item) {
    pack_.readings.push_back({item.text("name", Need::kRequired, 40), item.text("pinyin", Need::kRequired, 200)});
    spots_.readings.push_back(item.spot());
  });
  read_sentences(top);
  top.integer("version", 1, 1'000'000, 1);  // of the file, for its readers
  top.finish();
}

void PackReader::read_pack_section(MapReader& top) {
  const auto* node = top.take("pack", Need::kOptional);
  if (!node) return;
  MapReader item(*node, top.spot().file, "pack", faults_);
  if (node->kind != YamlNode::Kind::kMap) return;
  if (has_pack_section_) item.fault(0, "", "只能有一处", "may stand once only");
  has_pack_section_ = true;
  spots_.pack = item.spot();
  pack_.name = item.text("name", Need::kRequired, 40);
  pack_.version = item.text("version", Need::kRequired, 40);
  pack_.phone_stale_after = item.duration("phone_stale_after", hours(24), hours(24) * 3650);
  pack_.second_person = item.choices<WarningLevel>("second_person", Need::kRequired);
  item.finish();
}

void PackReader::read_named(MapReader& item, Named& named) {
  named.id = item.id("id", Need::kRequired);
  named.zh = item.text("zh", Need::kRequired, 60);
  named.en = item.text("en", Need::kRequired, 120);
}

void PackReader::read_hazard(MapReader& item) {
  Hazard hazard;
  read_named(item, hazard);
  if (const auto category = item.choice<CapCategory>("cap_category", Need::kRequired))
    hazard.cap_category = boost::describe::enum_to_string(*category, "");
  hazard.event_code = item.text("event_code", Need::kOptional, 40);
  for (const auto& name : item.list("cap_events", Need::kRequired)) {
    if (name.kind == YamlNode::Kind::kScalar && !name.text.empty() && name.text.size() <= 200) hazard.cap_events.push_back(name.text);
    else item.fault(name.line, "cap_events", "应为名称的列表", "expected a list of names");
  }
  names_.define(PackSection::hazards, hazard.id, item.spot(), faults_);
  pack_.hazards.push_back(std::move(hazard));
}

void PackReader::read_rank(MapReader& item) {
  Rank rank;
  read_named(item, rank);
  if (const auto level = item.choice<PlaceLevelName>("place_level", Need::kRequired)) rank.place_level = level_named(*level);
  names_.define(PackSection::ranks, rank.id, item.spot(), faults_);
  pack_.ranks.push_back(std::move(rank));
}

void PackReader::read_post_kind(MapReader& item) {
  PostKind kind;
  read_named(item, kind);
  kind.rank = reference(item, "rank", PackSection::ranks, Need::kRequired);
  kind.hazards = references(item, "hazards", PackSection::hazards);
  kind.record_type = reference(item, "record_type", PackSection::record_types, Need::kOptional);
  kind.duty_room = item.flag("duty_room", false);
  if (kind.duty_room && !kind.record_type.empty())
    item.fault(0, "duty_room", "值班室属于一个地方，不属于一个对象", "a duty room belongs to a place, not to an object");
  names_.define(PackSection::post_kinds, kind.id, item.spot(), faults_);
  pack_.post_kinds.push_back(std::move(kind));
}

void PackReader::read_channel(MapReader& item) {
  ChannelRule channel;
  read_named(item, channel);
  channel.kind = item.choice<ChannelKind>("kind", Need::kRequired).value_or(ChannelKind::sms);
  channel.concurrency = static_cast<int>(item.integer("concurrency", 1, 1'000'000));
  channel.rate_per_s = item.number("rate_per_s", 0.01, 1'000'000);
  channel.burst = static_cast<int>(item.integer("burst", 1, 1'000'000));
  channel.attempt_timeout = item.duration("attempt_timeout", seconds(1), hours(1));
  channel.answer_wait = item.duration("answer_wait", seconds(0), hours(24));
  names_.define(PackSection::channels, channel.id, item.spot(), faults_);
  pack_.channels.push_back(std::move(channel));
}

void PackReader::read_answer(MapReader& item) {
  AnswerMeaning answer;
  read_named(item, answer);
  answer.digit = static_cast<int>(item.integer("digit", 0, 9));
  answer.number = item.id("number", Need::kOptional);
  answer.attention = item.flag("attention", false);
  answer.passes_on = item.flag("passes_on", false);
  answer.primary = item.flag("primary", false);
  names_.define(PackSection::answers, answer.id, item.spot(), faults_);
  pack_.answers.push_back(std::move(answer));
  spots_.answers.push_back(item.spot());
}

void PackReader::read_call_rule(MapReader& item) {
  CallRule rule;
  rule.level = item.choice<WarningLevel>("level", Need::kRequired).value_or(WarningLevel::blue);
  rule.rank = reference(item, "rank", PackSection::ranks, Need::kRequired);
  rule.answer_limit = item.duration("answer_limit", seconds(10), hours(24));
  const auto& steps = item.list("steps", Need::kRequired);
  if (steps.empty() || steps.size() > 20) item.fault(0, "steps", "应有 1 到 20 步", "expected 1 to 20 steps");
  for (size_t i = 0; i < steps.size(); ++i) {
    MapReader step(steps[i], item.spot().file, fmt::format("call_rules steps[{}]", i + 1), faults_);
    if (steps[i].kind != YamlNode::Kind::kMap) continue;
    CallStep s;
    s.channel = reference(step, "channel", PackSection::channels, Need::kRequired);
    s.tries = static_cast<int>(step.integer("tries", 1, 20, 1));
    s.retry_after = step.duration("retry_after", seconds(0), hours(24), seconds(0));
    if (s.tries > 1 && s.retry_after.count == 0)
      step.fault(0, "retry_after", "重试多次时要写明间隔", "more than one try needs an interval");
    step.finish();
    rule.steps.push_back(std::move(s));
  }
  rule.then = item.choices<NextStep>("then", Need::kOptional);
  for (size_t i = 0; i < rule.then.size(); ++i)
    if (std::find(rule.then.begin(), rule.then.begin() + static_cast<ptrdiff_t>(i), rule.then[i]) != rule.then.begin() + static_cast<ptrdiff_t>(i))
      item.fault(0, "then", "同一步写了两次", "a step is repeated");
  rule.source = item.text("source", Need::kRequired, 300);
  rule.effective_from = item.date("effective_from", Need::kRequired);
  rule.verified = item.flag("verified", false);
  pack_.call_rules.push_back(std::move(rule));
  spots_.call_rules.push_back(item.spot());
}

void PackReader::read_template(MapReader& item) {
  TextTemplate t;
  t.hazard = reference(item, "hazard", PackSection::hazards, Need::kOptional);
  t.level = item.choice<WarningLevel>("level", Need::kOptional);
  t.headline = item.text("headline", Need::kRequired, 120);
  t.description = item.text("description", Need::kRequired, 1000);
  t.instruction = item.text("instruction", Need::kRequired, 1000);
  t.message = item.text("message", Need::kRequired, 200);
  pack_.templates.push_back(std::move(t));
  spots_.templates.push_back(item.spot());
}

void PackReader::read_sentences(MapReader& top) {
  const auto* node = top.take("sentences", Need::kOptional);
  if (!node) return;
  MapReader map(*node, top.spot().file, "sentences", faults_);
  for (size_t i = 0; i < node->keys.size() && i < node->children.size(); ++i) {
    const auto& kind = node->keys[i].text;
    const auto& child = node->children[i];
    MapReader item(child, top.spot().file, "sentences." + kind, faults_);
    if (child.kind != YamlNode::Kind::kMap) continue;
    Named sentence{kind, item.text("zh", Need::kRequired, 300), item.text("en", Need::kRequired, 300)};
    item.finish();
    for (const auto* text : {&sentence.zh, &sentence.en}) check_placeholders(*text, {}, item.spot(), faults_);
    if (!pack_.sentences.emplace(kind, std::move(sentence)).second)
      item.fault(0, "", "这一事实已有句子", "this kind of fact already has a sentence");
  }
}

std::string PackReader::reference(MapReader& item, std::string_view key, PackSection section, Need need) {
  const auto id = item.id(key, need);
  if (!id.empty()) names_.use(section, id, item.spot(item.take(key, need)->line));
  return id;
}

std::vector<std::string> PackReader::references(MapReader& item, std::string_view key, PackSection section) {
  std::vector<std::string> out;
  for (const auto& node : item.list(key, Need::kOptional)) {
    if (node.kind != YamlNode::Kind::kScalar) {
      item.fault(node.line, key, "应为名称的列表", "expected a list of names");
      continue;
    }
    names_.use(section, node.text, item.spot(node.line));
    out.push_back(node.text);
  }
  return out;
}

Result<Pack> PackReader::finish() {
  if (!has_pack_section_) faults_.add(spots_.pack, "缺少 pack 一节（name、version 等）", "the section pack (name, version, …) is missing");
  names_.check(faults_);
  check_pack(pack_, spots_, faults_);
  check_rules(pack_, pack_.rules, faults_);
  check_roads(pack_, faults_);
  check_earthquakes(pack_, faults_);
  if (!faults_.empty()) return faults_.error("pack");
  return std::move(pack_);
}

}  // namespace

Result<Pack> read_pack(const std::vector<std::pair<std::string, std::string>>& files) {
  if (files.size() > kFilesMax) return Error(ErrorCode::kTooLarge, {{"what", "pack"}, {"limit", fmt::format("{} files", kFilesMax)}});
  size_t bytes = 0;
  for (const auto& [name, text] : files) bytes += text.size();
  if (bytes > kPackBytesMax) return Error(ErrorCode::kTooLarge, {{"what", "pack"}, {"limit", "16 MiB"}});
  PackReader reader;
  for (const auto& [name, text] : files) reader.read_file(name, text);
  return reader.finish();
}

Result<Pack> load_pack(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::pair<std::string, std::string>> files;
  std::error_code problem;
  size_t bytes = 0;
  for (fs::recursive_directory_iterator it(folder, problem), end; !problem && it != end; it.increment(problem)) {
    if (!it->is_regular_file(problem) || it->path().extension() != ".yaml") continue;
    if (files.size() >= kFilesMax) return Error(ErrorCode::kTooLarge, {{"what", folder}, {"limit", fmt::format("{} files", kFilesMax)}});
    std::ifstream in(it->path(), std::ios::binary);
    std::string text(kYamlBytesMax + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || (!in.eof() && in.fail())) return Error(ErrorCode::kNotFound, {{"what", it->path().string()}});
    text.resize(static_cast<size_t>(in.gcount()));
    bytes += text.size();
    if (bytes > kPackBytesMax) return Error(ErrorCode::kTooLarge, {{"what", folder}, {"limit", "16 MiB"}});
    files.emplace_back(it->path().lexically_relative(folder).generic_string(), std::move(text));
  }
  if (problem || files.empty()) return Error(ErrorCode::kNotFound, {{"what", folder}});
  std::sort(files.begin(), files.end());
  return read_pack(files);
}

}  // namespace anlan
