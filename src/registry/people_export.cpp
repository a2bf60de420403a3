#include <algorithm>

#include "registry/people_columns.h"
#include "registry/people_reference.h"
#include "registry/phone_number.h"

namespace anlan {
namespace {

constexpr size_t kPlaceNameColumn = kPeopleColumns;  // for people; not read back

std::vector<std::string> headers() {
  std::vector<std::string> out;
  for (const auto& c : kPeopleColumnNames) out.emplace_back(c.zh);
  out.emplace_back("地点");
  return out;
}

class Exporter {
 public:
  Exporter(const Directory& directory, const PlaceTable& places, const RecordNames& records, int utc_offset_minutes)
      : directory_(directory), places_(places), records_(records), offset_(utc_offset_minutes),
        finder_(directory, {}, [&](PersonId id) { return PostFinder::Holder{directory.person(id)->name, nullptr}; }) {
    table_.columns = headers();
  }

  void add_post(uint32_t id) {
    const auto& post = directory_.post_row(id);
    auto& cells = add();
    if (post.holder) fill_person(cells, {post.holder});
    const auto* kind = directory_.kind(post.kind);
    cells[kKindOfPost] = kind ? std::string(kind->zh) : std::string(directory_.kind_name(post.kind));
    cells[kTitle] = post.title;
    cells[kPlace] = post.place.text();
    cells[kPlaceNameColumn] = place_name(post.place);
    if (const auto* record = records_.find({post.record})) {
      const auto* type = directory_.pack().record_type(record->type);
      cells[kRecordType] = type ? type->zh : record->type;
      cells[kRecord] = record->name;
    }
    for (const auto& h : directory_.hazards(post)) {
      if (!cells[kHazards].empty()) cells[kHazards] += "、";
      cells[kHazards] += directory_.pack().hazard(h)->zh;
    }
    const PostState state = directory_.state(PostId{id});
    cells[kDeputy] = reference(state, state.deputy_post);
    cells[kSuperior] = reference(state, state.superior_post);
    if (state.valid_from) cells[kValidFrom] = write_date(*state.valid_from, offset_);
    if (state.valid_until) cells[kValidUntil] = write_date(*state.valid_until - milliseconds(1), offset_);
  }

  void add_person(PersonId id) { fill_person(add(), id); }

  Table take() { return std::move(table_); }

 private:
  std::vector<std::string>& add() {
    table_.rows.emplace_back(table_.columns.size());
    table_.row_lines.push_back(static_cast<int>(table_.rows.size()) + 1);
    return table_.rows.back();
  }

  void fill_person(std::vector<std::string>& cells, PersonId id) {
    const auto* person = directory_.person(id);
    cells[kName] = person->name;
    for (size_t i = 0; i < person->phones.size(); ++i) {
      auto& cell = cells[i == 0 ? kPhone : kPhone2];
      if (!cell.empty()) cell += "、";
      cell += unpack_phone(person->phones[i].number);
    }
    if (person->confirmed_at != kTimeUnknown) cells[kConfirmedOn] = write_date({person->confirmed_at}, offset_);
    cells[kNote] = person->note;
  }

  // Posts come in place order, so the last name serves many times.
  const std::string& place_name(PlaceCode place) {
    if (place != named_) {
      named_ = place;
      name_ = places_.full_name(place);
    }
    return name_;
  }

  // The words that lead back to the post; its number where words would not.
  std::string reference(const PostState& of, PostId target) const {
    const auto* post = directory_.post(target);
    if (!post) return {};
    std::string text(directory_.title(*post));
    if (const auto* holder = directory_.person({post->holder})) {
      text = holder->name;
      if (!holder->phones.empty()) text += ' ' + unpack_phone(holder->phones.front().number);
    }
    const auto back = finder_.find(of, text, target);
    if (back.outcome == PostFinder::Outcome::found && back.post == target) return text;
    return "#" + std::to_string(target.value);
  }

  const Directory& directory_;
  const PlaceTable& places_;
  const RecordNames& records_;
  const int offset_;
  PostFinder finder_;
  Table table_;
  PlaceCode named_;
  std::string name_;
};

}  // namespace

Table export_people(const Directory& directory, const PlaceTable& places, const RecordNames& records, PlaceCode within,
                    int utc_offset_minutes) {
  Exporter exporter(directory, places, records, utc_offset_minutes);
  for (const auto& p : directory.posts_within(within)) exporter.add_post(p.post);
  if (within.empty())
    for (uint32_t id = 1; id < directory.person_slots(); ++id)
      if (directory.person({id}) && directory.posts_of({id}).empty()) exporter.add_person({id});
  return exporter.take();
}

Table people_template(const Pack& pack, const PlaceTable& places, PlaceCode home) {
  Table table;
  table.columns = headers();
  table.columns.pop_back();
  // A village of the node where there is one, and the kinds of post that answer for places.
  PlaceCode place = home;
  for (auto below = places.children(place); !below.empty(); below = places.children(place)) place = below.front().code;
  std::vector<const PostKind*> kinds;
  for (const auto& k : pack.post_kinds)
    if (k.record_type.empty() && !k.duty_room) kinds.push_back(&k);
  if (place.empty() || kinds.empty()) return table;
  const PostKind& lower = *kinds.back();
  const PostKind& upper = *kinds[kinds.size() > 1 ? kinds.size() - 2 : 0];
  std::vector<std::string> first(kPeopleColumns), second(kPeopleColumns);
  first[kName] = "张三";
  first[kPhone] = "13800000001";
  first[kKindOfPost] = upper.zh;
  first[kPlace] = places.full_name(place);
  first[kDeputy] = "李四";
  first[kValidFrom] = "2026-01-01";
  first[kValidUntil] = "2026-12-31";
  second[kName] = "李四";
  second[kPhone] = "13800000002";
  second[kPhone2] = "0930-7721234";
  second[kKindOfPost] = lower.zh;
  second[kTitle] = "副组长";
  second[kPlace] = place.text();
  if (!pack.hazards.empty()) second[kHazards] = pack.hazards.front().zh;
  second[kSuperior] = "张三 13800000001";
  second[kNote] = "示例，导入前请删除";
  table.rows = {std::move(first), std::move(second)};
  table.row_lines = {2, 3};
  return table;
}

}  // namespace anlan
