#include "registry/people_import.h"

#include <algorithm>
#include <map>

#include "registry/people_reference.h"
#include "registry/people_rows.h"
#include "registry/phone_number.h"

namespace anlan {

RecordNames::RecordNames(std::vector<Entry> entries) : entries_(std::move(entries)) {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.record < b.record; });
  for (uint32_t i = 0; i < entries_.size(); ++i) by_name_.emplace(entries_[i].name, i);
}

RecordNames RecordNames::read(Reader& reader) {
  std::vector<Entry> entries;
  reader.query("SELECT id, type, name, place FROM records WHERE state = 0", {}, [&](const Row& row) {
    entries.push_back({{row.integer(0)}, row.str(1), row.str(2), PlaceCode(row.integer(3))});
  });
  return RecordNames(std::move(entries));
}

const RecordNames::Entry* RecordNames::find(RecordId id) const {
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), id, [](const Entry& e, RecordId r) { return e.record < r; });
  return it != entries_.end() && it->record == id ? &*it : nullptr;
}

std::vector<const RecordNames::Entry*> RecordNames::named(std::string_view type, const std::string& name) const {
  std::vector<const Entry*> out;
  const auto [first, last] = by_name_.equal_range(name);
  for (auto it = first; it != last; ++it)
    if (type.empty() || entries_[it->second].type == type) out.push_back(&entries_[it->second]);
  std::sort(out.begin(), out.end(), [](const Entry* a, const Entry* b) { return a->record < b->record; });
  return out;
}

namespace {

constexpr uint32_t kNobody = 0xFFFFFFFF;

bool share_a_number(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const auto& n) { return std::find(b.begin(), b.end(), n) != b.end(); });
}

void add_numbers(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const auto& n : from)
    if (to.size() < kPhonesMax && std::find(to.begin(), to.end(), n) == to.end()) to.push_back(n);
}

class Planner {
 public:
  Planner(const Table& table, const Directory& directory, const PlaceTable& places, const RecordNames& records,
          const PeopleImportOptions& options)
      : directory_(directory), options_(options), faults_(plan_), header_(read_people_header(table.columns)) {
    plan_.rows = static_cast<int64_t>(table.rows.size());
    plan_.based_on = directory.last_change();
    next_person_ = plan_.first_person = directory.person_slots();
    next_post_ = plan_.first_post = directory.post_slots();
    rows_ = read_people_rows(table, header_, directory.pack(), places, records, options, faults_);
  }

  PeopleImportPlan run() {
    if (faults_.any()) return std::move(plan_);
    find_persons();
    find_posts();
    resolve_references();
    if (!faults_.any()) check_circles();
    settle_persons();
    remark_shared();
    count();
    if (faults_.any()) {
      plan_.persons.clear();
      plan_.posts.clear();
    }
    return std::move(plan_);
  }

 private:
  struct Person {
    ImportedPerson state;
    std::vector<std::string> told;  // numbers that the table gives
    int line = 0;
    bool is_new = false, number_changed = false, differs = false;
  };
  enum class Fate : uint8_t { unchanged, changed, created };
  struct Group {  // rows that describe the same post or posts
    std::vector<uint32_t> rows;
  };

  // --- persons
  static std::string with_number(const std::string& name, const std::string& number) { return name + '\n' + number; }
  static std::string with_place(const std::string& name, PlaceCode place) { return name + '\n' + std::to_string(place.digits()); }

  uint32_t planned(PersonId id) {
    const auto [it, fresh] = by_id_.emplace(id.value, static_cast<uint32_t>(persons_.size()));
    if (fresh) {
      persons_.emplace_back();
      static_cast<PersonState&>(persons_.back().state) = directory_.state(id);
    }
    return it->second;
  }

  // A person that is already planned with other numbers is somebody else of the same name.
  bool contradicts(const PersonPostRow& row, uint32_t person) const {
    const auto& told = persons_[person].told;
    return !row.phones.empty() && !told.empty() && !share_a_number(row.phones, told);
  }

  uint32_t by_number(const PersonPostRow& row) {
    for (const auto& number : row.phones) {
      if (const auto it = by_number_.find(with_number(row.name, number)); it != by_number_.end()) return it->second;
      for (const PersonId id : directory_.persons_with(number))
        if (directory_.person(id)->name == row.name) return planned(id);
    }
    return kNobody;
  }

  uint32_t by_post_held(const PersonPostRow& row) {
    if (!row.has_post) return kNobody;
    for (const auto& p : directory_.posts_at(row.place)) {
      if (!p.holder || !is_same_post(row, p) || directory_.person_row(p.holder).name != row.name) continue;
      const uint32_t person = planned({p.holder});
      if (contradicts(row, person)) continue;
      const auto known = directory_.phones({p.holder});
      persons_[person].number_changed |= !row.phones.empty() && !known.empty() && !share_a_number(row.phones, known);
      return person;
    }
    return kNobody;
  }

  uint32_t by_name_at_place(const PersonPostRow& row) {
    const auto [first, last] = by_place_.equal_range(with_place(row.name, row.place));
    for (auto it = first; it != last; ++it)
      if (row.phones.empty() || persons_[it->second].told.empty()) return it->second;
    if (!row.has_post) return by_name_without_post(row);
    for (const auto& p : directory_.posts_at(row.place)) {
      if (!p.holder || directory_.person_row(p.holder).name != row.name) continue;
      if (!row.phones.empty() && !directory_.person_row(p.holder).phones.empty()) continue;
      const uint32_t person = planned({p.holder});
      if (!contradicts(row, person)) return person;
    }
    return kNobody;
  }

  uint32_t by_name_without_post(const PersonPostRow& row) {
    if (!postless_known_) {
      postless_known_ = true;
      for (uint32_t id = 1; id < directory_.person_slots(); ++id)
        if (directory_.person_row(id).active && directory_.posts_of({id}).empty()) postless_.emplace(directory_.person_row(id).name, id);
    }
    const auto [first, last] = postless_.equal_range(row.name);
    for (auto it = first; it != last; ++it)
      if (row.phones.empty() || directory_.person_row(it->second).phones.empty()) return planned({it->second});
    return kNobody;
  }

  void find_persons() {
    person_of_.assign(rows_.size(), kNobody);
    for (uint32_t i = 0; i < rows_.size(); ++i) {
      const auto& row = rows_[i];
      if (row.name.empty()) continue;
      uint32_t person = by_number(row);
      if (person == kNobody) person = by_post_held(row);
      if (person == kNobody) person = by_name_at_place(row);
      if (person == kNobody) {
        person = static_cast<uint32_t>(persons_.size());
        persons_.emplace_back();
        auto& p = persons_.back();
        p.state.name = row.name;
        p.state.generated = options_.generated;
        p.state.person = {next_person_++};
        p.is_new = true;
      }
      auto& p = persons_[person];
      if (!p.line) p.line = row.line;
      add_numbers(p.told, row.phones);
      if (!row.note.empty()) p.state.note = row.note;
      if (row.confirmed_on && (!p.state.confirmed_at || *p.state.confirmed_at < *row.confirmed_on)) p.state.confirmed_at = row.confirmed_on;
      for (const auto& number : row.phones) by_number_.emplace(with_number(row.name, number), person);
      by_place_.emplace(with_place(row.name, row.place), person);
      person_of_[i] = person;
    }
  }

  void settle_persons() {
    for (auto& p : persons_) {
      if (!p.told.empty()) {
        auto before = std::move(p.state.phones);
        p.state.phones = p.told;
        // Without a column for further numbers the table cannot mean to take them away.
        if (!p.number_changed && !header_.has(kPhone2)) add_numbers(p.state.phones, before);
      }
      if (p.is_new) {
        p.differs = true;
      } else {
        const auto* known = directory_.person(p.state.person);
        if (p.state.confirmed_at && known->confirmed_at != kTimeUnknown && p.state.confirmed_at->ms <= known->confirmed_at)
          p.state.confirmed_at.reset();
        p.differs = p.state.confirmed_at || static_cast<const PersonState&>(p.state) != directory_.state(p.state.person);
        if (p.number_changed)
          faults_.remark(p.line, kPeopleColumnNames[kPhone].zh, p.state.name + "的号码换了", "the number of " + p.state.name + " is another one now");
      }
    }
  }

  void remark_shared() {
    std::unordered_map<std::string, uint32_t> first;
    for (uint32_t i = 0; i < persons_.size(); ++i)
      for (const auto& number : persons_[i].state.phones) {
        const auto [it, fresh] = first.emplace(number, i);
        std::string other;
        if (!fresh) {
          other = persons_[it->second].state.name;
        } else {
          for (const PersonId id : directory_.persons_with(number))
            if (!by_id_.contains(id.value)) other = directory_.person(id)->name;
        }
        if (!other.empty() && persons_[i].line)
          faults_.remark(persons_[i].line, kPeopleColumnNames[kPhone].zh, mask_phone(number) + " 也是" + other + "的号码",
                         mask_phone(number) + " is also the number of " + other);
      }
  }

  // --- posts
  bool is_same_post(const PersonPostRow& row, const PlacedPost& p) const {
    return p.kind == row.kind && p.record == row.record && directory_.post_row(p.post).title == row.title;
  }

  void find_posts() {
    post_of_.assign(rows_.size(), kNobody);
    repeats_.assign(rows_.size(), 0);
    std::unordered_map<std::string, uint32_t> groups_by_key;
    std::vector<Group> groups;
    std::string key;
    for (uint32_t i = 0; i < rows_.size(); ++i) {
      const auto& row = rows_[i];
      if (!row.has_post) continue;
      key = std::to_string(row.place.digits()) + ',' + std::to_string(row.kind) + ',' + std::to_string(row.record) + ',' + row.title;
      const auto [it, fresh] = groups_by_key.emplace(key, static_cast<uint32_t>(groups.size()));
      if (fresh) groups.emplace_back();
      groups[it->second].rows.push_back(i);
    }
    for (const auto& group : groups) match(group);
  }

  PersonId holder_of(uint32_t row) const {
    return person_of_[row] == kNobody ? PersonId{} : persons_[person_of_[row]].state.person;
  }

  void match(const Group& group) {
    const auto& first = rows_[group.rows.front()];
    std::vector<uint32_t> known;  // posts of the directory not yet matched
    for (const auto& p : directory_.posts_at(first.place))
      if (is_same_post(first, p)) known.push_back(p.post);
    std::vector<uint32_t> open;
    std::map<PersonId, int> lines;
    for (const uint32_t i : group.rows) {
      const PersonId holder = holder_of(i);
      if (holder && !lines.emplace(holder, rows_[i].line).second) {
        repeats_[i] = 1;
        faults_.remark(rows_[i].line, kPeopleColumnNames[kName].zh, "与第 " + std::to_string(lines[holder]) + " 行重复，已忽略",
                       "the same as line " + std::to_string(lines[holder]) + "; left out");
        continue;
      }
      const auto it = std::find_if(known.begin(), known.end(), [&](uint32_t p) { return directory_.post_row(p).holder == holder.value; });
      if (it == known.end()) {
        open.push_back(i);
        continue;
      }
      take(i, *it);
      known.erase(it);
    }
    std::sort(known.begin(), known.end(), [&](uint32_t a, uint32_t b) {
      return std::pair(directory_.post_row(a).holder != 0, a) < std::pair(directory_.post_row(b).holder != 0, b);
    });
    for (size_t n = 0; n < open.size(); ++n) {
      if (n >= known.size()) {
        take(open[n], 0);
        continue;
      }
      if (const uint32_t before = directory_.post_row(known[n]).holder)
        faults_.remark(rows_[open[n]].line, kPeopleColumnNames[kName].zh, "接替" + directory_.person_row(before).name,
                       "takes over from " + directory_.person_row(before).name);
      take(open[n], known[n]);
    }
  }

  // post 0: a new one.
  void take(uint32_t i, uint32_t post) {
    const auto& row = rows_[i];
    PostState state;
    if (post) {
      state = directory_.state(PostId{post});
    } else {
      state.post = {next_post_++};
      state.kind = directory_.kind_name(row.kind);
      state.title = row.title;
      state.place = row.place;
      state.record = {row.record};
      state.generated = options_.generated;
    }
    state.holder = holder_of(i);
    if (header_.has(kHazards)) state.hazards = row.hazards;
    if (header_.has(kValidFrom)) set_day(state.valid_from, row.valid_from, milliseconds(0));
    if (header_.has(kValidUntil)) set_day(state.valid_until, row.valid_until, hours(24));
    post_of_[i] = static_cast<uint32_t>(posts_.size());
    posts_.push_back(std::move(state));
    post_rows_.push_back(i);
  }

  // A time within the day that the table gives stays as it is.
  void set_day(std::optional<UtcTime>& time, const std::optional<UtcTime>& day, Millis end) const {
    if (time && day) {
      const int64_t into = (*time - *day).count + end.count;
      if (into >= 0 && into < hours(24).count + (end.count ? 1 : 0)) return;
    }
    time = day;
  }

  void resolve_references() {
    PostFinder finder(directory_, posts_, [&](PersonId id) {
      const auto it = by_id_.find(id.value);
      if (it != by_id_.end()) return PostFinder::Holder{persons_[it->second].state.name, &persons_[it->second].told};
      if (id.value >= plan_.first_person) {
        const auto& p = persons_[new_persons_.at(static_cast<size_t>(id.value - plan_.first_person))];
        return PostFinder::Holder{p.state.name, &p.told};
      }
      return PostFinder::Holder{directory_.person(id)->name, nullptr};
    });
    for (uint32_t i = 0; i < persons_.size(); ++i)
      if (persons_[i].is_new) new_persons_.push_back(i);
    for (uint32_t n = 0; n < posts_.size(); ++n) {
      const auto& row = rows_[post_rows_[n]];
      if (header_.has(kDeputy)) link(finder, n, kDeputy, row.deputy, posts_[n].deputy_post);
      if (header_.has(kSuperior)) link(finder, n, kSuperior, row.superior, posts_[n].superior_post);
    }
  }

  void link(const PostFinder& finder, uint32_t n, PeopleColumn column, const std::string& text, PostId& target) {
    if (text.empty()) {
      target = {};
      return;
    }
    const auto found = finder.find(posts_[n], text, target);
    const int line = rows_[post_rows_[n]].line;
    const char* field = kPeopleColumnNames[column].zh;
    if (found.outcome == PostFinder::Outcome::absent)
      return faults_.error(line, field, "本地和上级都没有这个人或岗位：" + text, "no such person or post here or above: " + text);
    if (found.outcome == PostFinder::Outcome::ambiguous)
      return faults_.error(line, field, "有几个人或岗位符合，请加上号码：" + text, "several persons or posts fit; add the number: " + text);
    target = found.post;
  }

  void check_circles() {
    std::unordered_map<int64_t, uint32_t> planned_posts;
    for (uint32_t n = 0; n < posts_.size(); ++n) planned_posts.emplace(posts_[n].post.value, n);
    const auto above = [&](PostId post) -> PostId {
      if (const auto it = planned_posts.find(post.value); it != planned_posts.end()) return posts_[it->second].superior_post;
      const auto* row = directory_.post(post);
      return row ? PostId{row->superior} : PostId{};
    };
    for (uint32_t n = 0; n < posts_.size(); ++n) {
      PostId at = posts_[n].superior_post;
      for (int step = 1; at; ++step, at = above(at)) {
        if (at != posts_[n].post && step < kSuperiorStepsMax) continue;
        const bool circle = at == posts_[n].post;
        faults_.error(rows_[post_rows_[n]].line, kPeopleColumnNames[kSuperior].zh, circle ? "上级关系成了环" : "上级关系超过 16 层",
                      circle ? "the superiors form a circle" : "more than 16 superiors above one another");
        break;
      }
    }
  }

  void count() {
    std::vector<Fate> post_fate(posts_.size(), Fate::unchanged);
    for (uint32_t n = 0; n < posts_.size(); ++n) {
      if (posts_[n].post.value >= plan_.first_post) post_fate[n] = Fate::created;
      else if (posts_[n] != directory_.state(posts_[n].post)) post_fate[n] = Fate::changed;
    }
    for (uint32_t i = 0; i < rows_.size(); ++i) {
      Fate fate = Fate::unchanged;
      if (!repeats_[i]) {
        const auto* p = person_of_[i] == kNobody ? nullptr : &persons_[person_of_[i]];
        if (post_of_[i] != kNobody) fate = post_fate[post_of_[i]];
        else if (p && p->is_new && p->line == rows_[i].line) fate = Fate::created;
        if (fate == Fate::unchanged && p && p->differs) fate = Fate::changed;
      }
      ++(fate == Fate::created ? plan_.created : fate == Fate::changed ? plan_.changed : plan_.unchanged);
    }
    for (auto& p : persons_)
      if (p.differs) plan_.persons.push_back(std::move(p.state));
    for (uint32_t n = 0; n < posts_.size(); ++n)
      if (post_fate[n] != Fate::unchanged) plan_.posts.push_back(std::move(posts_[n]));
  }

  const Directory& directory_;
  const PeopleImportOptions& options_;
  PeopleImportPlan plan_;
  ImportFaults faults_;
  PeopleHeader header_;
  std::vector<PersonPostRow> rows_;
  int64_t next_person_ = 1, next_post_ = 1;
  std::vector<Person> persons_;
  std::vector<uint32_t> new_persons_;  // by id from plan_.first_person on
  std::unordered_map<int64_t, uint32_t> by_id_;  // of persons that exist
  std::unordered_map<std::string, uint32_t> by_number_;
  std::unordered_multimap<std::string, uint32_t> by_place_;
  std::unordered_multimap<std::string, uint32_t> postless_;
  bool postless_known_ = false;
  std::vector<PostState> posts_;
  std::vector<uint32_t> post_rows_;             // the row of each of posts_
  std::vector<uint32_t> person_of_, post_of_;   // by row
  std::vector<uint8_t> repeats_;                // by row
};

}  // namespace

PeopleImportPlan plan_people_import(const Table& table, const Directory& directory, const PlaceTable& places,
                                    const RecordNames& records, const PeopleImportOptions& options) {
  return Planner(table, directory, places, records, options).run();
}

Result<Decision> import_people(Reader& reader, const PeopleImportPlan& plan, const std::string& attachment,
                               const std::string& filename) {
  if (plan.errors_total) {
    Error error(ErrorCode::kInvalidFile, {{"why", std::to_string(plan.errors_total) + " 处有误"}});
    error.details = plan.errors;
    return error;
  }
  if (last_people_change(reader) != plan.based_on || peek_id(reader, "person") != plan.first_person || peek_id(reader, "post") != plan.first_post)
    return Error(ErrorCode::kConflict, {{"why", "人员或岗位刚有改动，请重新导入"}});
  Decision decision;
  decision.response = json::serialize(json::object{{"rows", plan.rows}, {"created", plan.created}, {"changed", plan.changed}, {"unchanged", plan.unchanged}});
  if (!plan.persons.empty() || !plan.posts.empty())
    decision.facts.push_back(fact(PeopleImported{attachment, plan.rows, plan.created, plan.changed, filename}, "people"));
  return decision;
}

}  // namespace anlan
