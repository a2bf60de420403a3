// How committed facts change the directory.
#include <algorithm>
#include <tuple>

#include "registry/directory.h"
#include "registry/phone_number.h"

namespace anlan {
namespace {

auto by_place(const PlacedPost& p) { return std::tuple(p.key, p.rank, p.post); }

template <class T>
void insert_sorted(std::vector<T>& list, const T& item) {
  list.insert(std::lower_bound(list.begin(), list.end(), item), item);
}

template <class T>
void erase_sorted(std::vector<T>& list, const T& item) {
  const auto it = std::lower_bound(list.begin(), list.end(), item);
  if (it != list.end() && *it == item) list.erase(it);
}

}  // namespace

void Directory::index_post(uint32_t id) {
  const auto& p = posts_[id];
  if (!p.active) return;
  const PlacedPost item = placed_form(id);
  const auto where = std::lower_bound(placed_.begin(), placed_.end(), item,
                                      [](const auto& a, const auto& b) { return by_place(a) < by_place(b); });
  number_placed(static_cast<size_t>(placed_.insert(where, item) - placed_.begin()));
  auto run = std::lower_bound(runs_.begin(), runs_.end(), item.key, [](const PlaceRun& r, uint64_t k) { return r.key < k; });
  if (run == runs_.end() || run->key != item.key) {
    const uint32_t begin = run == runs_.end() ? static_cast<uint32_t>(placed_.size() - 1) : run->begin;
    run = runs_.insert(run, {item.key, p.place, begin});
  }
  for (++run; run != runs_.end(); ++run) ++run->begin;
  if (p.holder) insert_sorted(by_holder_, std::pair(p.holder, id));
  if (p.record) insert_sorted(by_record_, std::pair(p.record, id));
}

void Directory::unindex_post(uint32_t id) {
  const auto& p = posts_[id];
  if (!p.active) return;
  const uint32_t at = placed_index(id);
  const uint64_t key = placed_[at].key;
  placed_.erase(placed_.begin() + at);
  number_placed(at);
  auto run = std::lower_bound(runs_.begin(), runs_.end(), key, [](const PlaceRun& r, uint64_t k) { return r.key < k; });
  const bool last_one = run->begin == placed_.size() || placed_[run->begin].key != key;
  run = last_one ? runs_.erase(run) : run + 1;
  for (; run != runs_.end(); ++run) --run->begin;
  if (p.holder) erase_sorted(by_holder_, std::pair(p.holder, id));
  if (p.record) erase_sorted(by_record_, std::pair(p.record, id));
}

void Directory::refresh_shared(uint64_t number) {
  for (auto it = std::lower_bound(by_phone_.begin(), by_phone_.end(), std::pair(number, 0u));
       it != by_phone_.end() && it->first == number; ++it)
    persons_[it->second].shared = is_shared(it->second);
}

void Directory::index_phones(uint32_t id) {
  for (const auto& p : persons_[id].phones) insert_sorted(by_phone_, std::pair(p.number, id));
  for (const auto& p : persons_[id].phones) refresh_shared(p.number);
}

void Directory::unindex_phones(uint32_t id) {
  for (const auto& p : persons_[id].phones) erase_sorted(by_phone_, std::pair(p.number, id));
  for (const auto& p : persons_[id].phones) refresh_shared(p.number);
}

void Directory::fill(DirectoryPerson& row, const PersonState& person, UtcTime now) {
  if (row.name != person.name) {
    row.name = person.name;
    row.pinyin = pinyin_->marked(person.name);
  }
  row.note = person.note;
  row.generated = person.generated;
  row.active = true;
  std::vector<DirectoryPhone> phones;
  phones.reserve(person.phones.size());
  for (const auto& text : person.phones) {
    const uint64_t number = pack_phone(text);
    const auto same = std::find_if(row.phones.begin(), row.phones.end(), [&](const auto& p) { return p.number == number; });
    phones.push_back(same != row.phones.end() ? *same : DirectoryPhone{number, now.ms, kTimeUnknown});
  }
  row.phones = std::move(phones);
}

void Directory::put(const PersonState& person, UtcTime now) {
  auto& row = person_slot(person.person.value);
  const auto id = static_cast<uint32_t>(person.person.value);
  if (bulk_) return fill(row, person, now);
  if (row.active) unindex_phones(id);
  else ++active_persons_;
  fill(row, person, now);
  row.shared = false;
  index_phones(id);
}

void Directory::put(const PostState& post) {
  auto& row = post_slot(post.post.value);
  const auto id = static_cast<uint32_t>(post.post.value);
  if (!bulk_) unindex_post(id);
  row.kind = learn_kind(post.kind);
  row.title = post.title;
  row.place = post.place;
  row.record = static_cast<uint32_t>(post.record.value);
  set_hazards(row, post.hazards);
  row.holder = static_cast<uint32_t>(post.holder.value);
  row.deputy = static_cast<uint32_t>(post.deputy_post.value);
  row.superior = static_cast<uint32_t>(post.superior_post.value);
  row.valid_from = post.valid_from ? post.valid_from->ms : std::numeric_limits<int64_t>::min();
  row.valid_until = post.valid_until ? post.valid_until->ms : std::numeric_limits<int64_t>::max();
  row.generated = post.generated;
  row.active = true;
  if (!bulk_) index_post(id);
}

void Directory::remove(PersonId person) {
  if (!this->person(person)) return;
  const auto id = static_cast<uint32_t>(person.value);
  auto& row = persons_[id];
  if (bulk_) {
    // The way in by holder is out of date here.
    for (auto& p : posts_)
      if (p.holder == id) p.holder = 0;
  } else {
    for (const PostId post : posts_of(person)) {
      const auto at = static_cast<uint32_t>(post.value);
      unindex_post(at);
      posts_[at].holder = 0;
      index_post(at);
    }
    unindex_phones(id);
    --active_persons_;
  }
  row.phones.clear();
  row.active = false;
  row.shared = false;
}

void Directory::remove(PostId post) {
  if (!this->post(post)) return;
  const auto id = static_cast<uint32_t>(post.value);
  if (!bulk_) unindex_post(id);
  posts_[id].active = false;
  posts_[id].holder = 0;
}

void Directory::confirm(PersonId person, std::string_view number, UtcTime at) {
  if (person.value <= 0 || person.value >= static_cast<int64_t>(persons_.size())) return;
  auto& row = persons_[static_cast<size_t>(person.value)];
  const uint64_t packed = pack_phone(number);
  for (auto& p : row.phones)
    if (p.number == packed) p.confirmed_at = std::max(p.confirmed_at, at.ms);
  row.confirmed_at = std::max(row.confirmed_at, at.ms);
}

void Directory::import(std::string_view attachment, UtcTime at) {
  const bool nested = bulk_;
  begin_bulk();
  read_people(
      attachment,
      [&](const ImportedPerson& p) {
        put(p, at);
        if (!p.confirmed_at) return;
        for (const auto& number : p.phones) confirm(p.person, number, *p.confirmed_at);
        auto& row = persons_[static_cast<size_t>(p.person.value)];
        row.confirmed_at = std::max(row.confirmed_at, p.confirmed_at->ms);
      },
      [&](const ImportedPost& p) { put(p); });
  if (!nested) end_bulk();
}

}  // namespace anlan
