#include "registry/directory.h"

#include <algorithm>

#include "registry/phone_number.h"

namespace anlan {
namespace {

constexpr int64_t kIdMax = 1 << 28;
constexpr uint8_t kNoRank = 0xFF;
constexpr size_t kHazardsMax = 63;  // the 64th bit stands for a hazard that the pack does not know

auto by_place(const PlacedPost& p) { return std::tuple(p.key, p.rank, p.post); }

}  // namespace

uint64_t place_order(PlaceCode place) {
  return static_cast<uint64_t>(place.first_key()) * 8 + level_rank(place.level());
}

Directory::Directory(const Pack& pack, const PinyinTable& pinyin) : pack_(&pack), pinyin_(&pinyin) {
  CHECK_MSG(pack.hazards.size() <= kHazardsMax, "a pack has at most 63 hazards");
  CHECK_MSG(pack.ranks.size() < kNoRank, "a pack has at most 254 ranks");
  for (const auto& k : pack.post_kinds) learn_kind(k.id);
  persons_.resize(1);
  posts_.resize(1);
}

uint16_t Directory::learn_kind(std::string_view id) {
  const auto it = std::find(kinds_.begin(), kinds_.end(), id);
  if (it != kinds_.end()) return static_cast<uint16_t>(it - kinds_.begin());
  CHECK(kinds_.size() < kNotInPack);
  const PostKind* kind = pack_->post_kind(id);
  const int rank = kind ? pack_->rank_order(kind->rank) : -1;
  uint64_t hazards = 0;
  if (kind) {
    for (const auto& h : kind->hazards) hazards |= hazard_bit(h);
    if (kind->hazards.empty()) hazards = ~uint64_t{0};
  }
  kinds_.emplace_back(id);
  kind_ranks_.push_back(rank < 0 ? kNoRank : static_cast<uint8_t>(rank));
  kind_hazards_.push_back(hazards);
  return static_cast<uint16_t>(kinds_.size() - 1);
}

const PostKind* Directory::kind(uint16_t kind) const {
  return kind < pack_->post_kinds.size() ? &pack_->post_kinds[kind] : nullptr;
}

uint16_t Directory::kind_index(std::string_view id) const {
  const auto it = std::find(kinds_.begin(), kinds_.end(), id);
  return it == kinds_.end() ? kNotInPack : static_cast<uint16_t>(it - kinds_.begin());
}

int Directory::rank(const DirectoryPost& post) const {
  return kind_ranks_[post.kind] == kNoRank ? -1 : kind_ranks_[post.kind];
}

std::string_view Directory::title(const DirectoryPost& post) const {
  if (!post.title.empty()) return post.title;
  const auto* k = kind(post.kind);
  return k ? std::string_view(k->zh) : kind_name(post.kind);
}

uint64_t Directory::hazard_bit(std::string_view hazard) const {
  if (hazard.empty()) return ~uint64_t{0};
  for (size_t i = 0; i < pack_->hazards.size(); ++i)
    if (pack_->hazards[i].id == hazard) return uint64_t{1} << i;
  return uint64_t{1} << kHazardsMax;
}

std::vector<std::string> Directory::hazards(const DirectoryPost& post) const {
  std::vector<std::string> out;
  if (!post.own_hazards) return out;
  for (size_t i = 0; i < pack_->hazards.size(); ++i)
    if (post.hazards >> i & 1) out.push_back(pack_->hazards[i].id);
  std::sort(out.begin(), out.end());
  return out;
}

void Directory::set_hazards(DirectoryPost& post, const std::vector<std::string>& own) {
  post.own_hazards = !own.empty();
  post.hazards = 0;
  for (const auto& h : own) post.hazards |= hazard_bit(h);
  if (own.empty()) post.hazards = kind_hazards_[post.kind];
}

const DirectoryPerson* Directory::person(PersonId id) const {
  if (id.value <= 0 || id.value >= static_cast<int64_t>(persons_.size())) return nullptr;
  const auto& row = persons_[static_cast<size_t>(id.value)];
  return row.active ? &row : nullptr;
}

const DirectoryPost* Directory::post(PostId id) const {
  if (id.value <= 0 || id.value >= static_cast<int64_t>(posts_.size())) return nullptr;
  const auto& row = posts_[static_cast<size_t>(id.value)];
  return row.active ? &row : nullptr;
}

PersonState Directory::state(PersonId id) const {
  const auto* row = person(id);
  CHECK(row);
  return {id, row->name, phones(id), row->note, row->generated};
}

PostState Directory::state(PostId id) const {
  const auto* row = post(id);
  CHECK(row);
  PostState s;
  s.post = id;
  s.kind = kind_name(row->kind);
  s.title = row->title;
  s.place = row->place;
  s.record = {row->record};
  s.hazards = hazards(*row);
  s.holder = {row->holder};
  s.deputy_post = {row->deputy};
  s.superior_post = {row->superior};
  if (row->valid_from != std::numeric_limits<int64_t>::min()) s.valid_from = UtcTime{row->valid_from};
  if (row->valid_until != std::numeric_limits<int64_t>::max()) s.valid_until = UtcTime{row->valid_until};
  s.generated = row->generated;
  return s;
}

DirectoryPerson& Directory::person_slot(int64_t id) {
  CHECK(id > 0 && id < kIdMax);
  if (static_cast<size_t>(id) >= persons_.size()) persons_.resize(static_cast<size_t>(id) + 1);
  return persons_[static_cast<size_t>(id)];
}

DirectoryPost& Directory::post_slot(int64_t id) {
  CHECK(id > 0 && id < kIdMax);
  if (static_cast<size_t>(id) >= posts_.size()) posts_.resize(static_cast<size_t>(id) + 1);
  return posts_[static_cast<size_t>(id)];
}

void Directory::load(Reader& reader) {
  persons_.assign(1, {});
  posts_.assign(1, {});
  begin_bulk();
  persons_.reserve(static_cast<size_t>(reader.integer("SELECT MAX(id) FROM persons").value_or(0)) + 1);
  posts_.reserve(static_cast<size_t>(reader.integer("SELECT MAX(id) FROM posts").value_or(0)) + 1);
  reader.query("SELECT id, name, note, state, generated, confirmed_at FROM persons", {}, [&](const Row& row) {
    auto& p = person_slot(row.integer(0));
    p.name = row.str(1);
    p.note = row.str(2);
    p.active = row.integer(3) == 0;
    p.generated = row.integer(4) != 0;
    p.confirmed_at = row.maybe(5).value_or(kTimeUnknown);
    p.pinyin = pinyin_->marked(p.name);
  });
  reader.query("SELECT person, number, entered_at, confirmed_at FROM phones ORDER BY person, n", {}, [&](const Row& row) {
    auto& phones = person_slot(row.integer(0)).phones;
    if (phones.empty()) phones.reserve(1);
    phones.push_back({pack_phone(row.text(1)), row.integer(2), row.maybe(3).value_or(kTimeUnknown)});
  });
  std::vector<std::string> own;
  reader.query(
      "SELECT id, kind, title, place, record, hazards, holder, deputy_post, superior_post, valid_from, valid_until, state, "
      "generated FROM posts",
      {}, [&](const Row& row) {
        auto& p = post_slot(row.integer(0));
        p.kind = learn_kind(row.text(1));
        p.title = row.str(2);
        p.place = PlaceCode(row.integer(3));
        p.record = static_cast<uint32_t>(row.integer(4));
        own.clear();
        for (auto text = row.text(5); !text.empty();) {
          const size_t end = std::min(text.find(','), text.size());
          own.emplace_back(text.substr(0, end));
          text.remove_prefix(std::min(end + 1, text.size()));
        }
        set_hazards(p, own);
        p.holder = static_cast<uint32_t>(row.integer(6));
        p.deputy = static_cast<uint32_t>(row.integer(7));
        p.superior = static_cast<uint32_t>(row.integer(8));
        p.valid_from = row.maybe(9).value_or(std::numeric_limits<int64_t>::min());
        p.valid_until = row.maybe(10).value_or(std::numeric_limits<int64_t>::max());
        p.active = row.integer(11) == 0;
        p.generated = row.integer(12) != 0;
      });
  last_change_ = last_people_change(reader);
  end_bulk();
}

PlacedPost Directory::placed_form(uint32_t id) const {
  const auto& p = posts_[id];
  PlacedPost out;
  out.key = place_order(p.place);
  out.hazards = p.hazards;
  out.valid_from = p.valid_from;
  out.valid_until = p.valid_until;
  out.post = id;
  // Somebody who left holds nothing; removing a person empties the posts, so this is only a second lock on the door.
  out.holder = p.holder < persons_.size() && persons_[p.holder].active ? p.holder : 0;
  out.record = p.record;
  out.kind = p.kind;
  out.rank = kind_ranks_[p.kind];
  out.level = static_cast<uint8_t>(level_rank(p.place.level()));
  return out;
}

void Directory::rebuild() {
  active_persons_ = 0;
  by_phone_.clear();
  for (uint32_t id = 1; id < persons_.size(); ++id) {
    if (!persons_[id].active) continue;
    ++active_persons_;
    for (const auto& phone : persons_[id].phones) by_phone_.emplace_back(phone.number, id);
  }
  std::sort(by_phone_.begin(), by_phone_.end());
  placed_.clear();
  by_holder_.clear();
  by_record_.clear();
  for (uint32_t id = 1; id < posts_.size(); ++id) {
    const auto& p = posts_[id];
    if (!p.active) continue;
    placed_.push_back(placed_form(id));
    if (p.holder) by_holder_.emplace_back(p.holder, id);
    if (p.record) by_record_.emplace_back(p.record, id);
  }
  std::sort(placed_.begin(), placed_.end(), [](const auto& a, const auto& b) { return by_place(a) < by_place(b); });
  number_placed(0);
  std::sort(by_holder_.begin(), by_holder_.end());
  std::sort(by_record_.begin(), by_record_.end());
  runs_.clear();
  for (uint32_t i = 0; i < placed_.size(); ++i)
    if (runs_.empty() || runs_.back().key != placed_[i].key)
      runs_.push_back({placed_[i].key, posts_[placed_[i].post].place, i});
  for (uint32_t id = 1; id < persons_.size(); ++id) persons_[id].shared = is_shared(id);
}

void Directory::end_bulk() {
  bulk_ = false;
  rebuild();
}

std::span<const PlacedPost> Directory::posts_at(PlaceCode place) const {
  const uint64_t key = place_order(place);
  const auto it = std::lower_bound(runs_.begin(), runs_.end(), key, [](const PlaceRun& r, uint64_t k) { return r.key < k; });
  if (it == runs_.end() || it->key != key) return {};
  return placed().subspan(it->begin, run_end(static_cast<size_t>(it - runs_.begin())) - it->begin);
}

std::span<const PlacedPost> Directory::posts_within(PlaceCode place) const {
  if (place.empty()) return placed_;
  const auto before = [](const PlacedPost& p, uint64_t k) { return p.key < k; };
  const auto first = std::lower_bound(placed_.begin(), placed_.end(), place_order(place), before);
  const auto last = std::lower_bound(first, placed_.end(), (static_cast<uint64_t>(place.last_key()) + 1) * 8, before);
  return {first, last};
}

void Directory::number_placed(size_t from) {
  placed_at_.resize(posts_.size());
  for (size_t i = from; i < placed_.size(); ++i) placed_at_[placed_[i].post] = static_cast<uint32_t>(i);
}

std::vector<PostId> Directory::posts_of(PersonId person) const {
  std::vector<PostId> out;
  const auto first = std::lower_bound(by_holder_.begin(), by_holder_.end(), std::pair(static_cast<uint32_t>(person.value), 0u));
  for (auto it = first; it != by_holder_.end() && it->first == person.value; ++it) out.push_back({it->second});
  return out;
}

std::vector<PostId> Directory::posts_for(RecordId record) const {
  std::vector<PostId> out;
  const auto first = std::lower_bound(by_record_.begin(), by_record_.end(), std::pair(static_cast<uint32_t>(record.value), 0u));
  for (auto it = first; it != by_record_.end() && it->first == record.value; ++it) out.push_back({it->second});
  return out;
}

std::vector<PersonId> Directory::persons_with(std::string_view phone) const {
  std::vector<PersonId> out;
  const uint64_t number = pack_phone(phone);
  for (auto it = std::lower_bound(by_phone_.begin(), by_phone_.end(), std::pair(number, 0u));
       it != by_phone_.end() && it->first == number; ++it)
    out.push_back({it->second});
  return out;
}

bool Directory::is_shared(uint32_t id) const {
  const auto& row = persons_[id];
  if (!row.active || row.phones.empty()) return false;
  const uint64_t number = row.phones.front().number;
  const auto first = std::lower_bound(by_phone_.begin(), by_phone_.end(), std::pair(number, 0u));
  return by_phone_.end() - first >= 2 && (first + 1)->first == number;
}

bool Directory::phone_stale(const DirectoryPerson& person, UtcTime now) const {
  if (person.phones.empty() || pack_->phone_stale_after.count <= 0) return false;
  const int64_t limit = (now - pack_->phone_stale_after).ms;
  // A number somebody checked counts from that check; else from the day it was written down.
  return std::all_of(person.phones.begin(), person.phones.end(), [&](const DirectoryPhone& p) {
    return (p.confirmed_at != kTimeUnknown ? p.confirmed_at : p.entered_at) < limit;
  });
}

PhoneState Directory::phone_state(const DirectoryPerson& person, UtcTime now) const {
  if (person.phones.empty()) return PhoneState::none;
  if (person.shared) return PhoneState::shared;
  return phone_stale(person, now) ? PhoneState::stale : PhoneState::ok;
}

std::vector<std::string> Directory::phones(PersonId person) const {
  std::vector<std::string> out;
  if (const auto* row = this->person(person))
    for (const auto& p : row->phones) out.push_back(unpack_phone(p.number));
  return out;
}

size_t Directory::memory_bytes() const {
  const auto heap = [](const std::string& s) { return s.capacity() > 15 ? s.capacity() + 17 : 0; };
  size_t bytes = persons_.capacity() * sizeof(DirectoryPerson) + posts_.capacity() * sizeof(DirectoryPost) +
                 placed_.capacity() * sizeof(PlacedPost) + placed_at_.capacity() * 4 + runs_.capacity() * sizeof(PlaceRun) +
                 (by_holder_.capacity() + by_record_.capacity()) * 8 + by_phone_.capacity() * 16;
  for (const auto& p : persons_)
    bytes += heap(p.name) + heap(p.pinyin) + heap(p.note) + (p.phones.capacity() ? p.phones.capacity() * sizeof(DirectoryPhone) + 16 : 0);
  for (const auto& p : posts_) bytes += heap(p.title);
  return bytes;
}

}  // namespace anlan
