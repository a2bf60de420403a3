// Everybody in the register, in memory: persons, telephones and posts with the ways in that calling needs — by place
// and everything below it, by record, by holder, by number, by name.
//
// Ids are given out from 1 without gaps (journal/writer.h), so rows are arrays indexed by id. The ways in are sorted
// arrays: a bulk change sorts them anew, a single change shifts them (a millisecond or two at 218,000 posts).
//
// One thread at a time may change it; see live_directory.h for the shared one. Pointers and spans hold until the next
// change. The pack must outlive it.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/pack.h"
#include "registry/people.h"
#include "registry/people_attachment.h"
#include "registry/pinyin.h"

namespace anlan {

inline constexpr int64_t kTimeUnknown = std::numeric_limits<int64_t>::min();
inline constexpr uint16_t kNotInPack = 0xFFFF;

// What is wrong with a person's telephones, worst first after ok.
//   none    no number
//   shared  the number that is tried first also belongs to somebody else
//   stale   no number was entered or confirmed within pack.phone_stale_after
enum class PhoneState : uint8_t { ok, none, shared, stale };
BOOST_DESCRIBE_ENUM(PhoneState, ok, none, shared, stale)

struct DirectoryPhone {
  uint64_t number = 0;  // phone_number.h, packed
  int64_t entered_at = 0;
  int64_t confirmed_at = kTimeUnknown;
};

struct DirectoryPerson {
  std::string name;
  std::string pinyin;  // marked form (pinyin.h)
  std::string note;
  std::vector<DirectoryPhone> phones;
  int64_t confirmed_at = kTimeUnknown;
  bool active = false;
  bool generated = false;
  bool shared = false;  // see PhoneState
};

struct DirectoryPost {
  std::string title;  // as entered; see Directory::title
  PlaceCode place;
  uint64_t hazards = 0;  // bit i: pack.hazards[i]; all bits: every hazard
  int64_t valid_from = std::numeric_limits<int64_t>::min();
  int64_t valid_until = std::numeric_limits<int64_t>::max();
  uint32_t record = 0, holder = 0, deputy = 0, superior = 0;
  uint16_t kind = 0;  // Directory::kind_name
  bool own_hazards = false;  // named at the post, not taken from the kind
  bool active = false;
  bool generated = false;
};

// An active post as targeting reads it: everything in one line of memory.
struct PlacedPost {
  uint64_t key = 0;  // place_order(place)
  uint64_t hazards = 0;
  int64_t valid_from = 0, valid_until = 0;
  uint32_t post = 0, holder = 0, record = 0;
  uint16_t kind = 0;
  uint8_t rank = 0;   // index in pack.ranks; 0xFF when the kind is not in the pack
  uint8_t level = 0;  // level_rank of the place
};

// All active posts at one place are placed()[begin, next run's begin).
struct PlaceRun {
  uint64_t key = 0;
  PlaceCode place;
  uint32_t begin = 0;
};

// Sorts places like PlaceTable: by code, a place before what lies below it.
uint64_t place_order(PlaceCode place);

// A post and who holds it now.
struct Holding {
  PostId post;
  PersonId person;  // none: nobody who could be called
  bool operator==(const Holding&) const = default;
};

class Directory {
 public:
  Directory(const Pack& pack, const PinyinTable& pinyin);

  void load(Reader& reader);

  // --- rows
  const Pack& pack() const { return *pack_; }
  const DirectoryPerson* person(PersonId id) const;  // nullptr when absent or left
  const DirectoryPost* post(PostId id) const;        // nullptr when absent or abolished
  uint32_t person_slots() const { return static_cast<uint32_t>(persons_.size()); }
  uint32_t post_slots() const { return static_cast<uint32_t>(posts_.size()); }
  const DirectoryPerson& person_row(uint32_t id) const { return persons_[id]; }
  const DirectoryPost& post_row(uint32_t id) const { return posts_[id]; }
  size_t active_persons() const { return active_persons_; }
  size_t active_posts() const { return placed_.size(); }
  int64_t last_change() const { return last_change_; }  // last_people_change() of what is held here
  size_t memory_bytes() const;

  std::string_view kind_name(uint16_t kind) const { return kinds_[kind]; }
  const PostKind* kind(uint16_t kind) const;  // nullptr when the pack no longer has it
  uint16_t kind_index(std::string_view id) const;  // kNotInPack when nobody ever named it
  int rank(const DirectoryPost& post) const;  // index in pack.ranks, -1 when not in the pack
  // The title, or the name of the kind.
  std::string_view title(const DirectoryPost& post) const;
  std::vector<std::string> hazards(const DirectoryPost& post) const;  // own ones; empty: those of the kind
  // The bit of a hazard; one that the pack does not know matches only posts for every hazard. 0 never matches;
  // "" gives all bits.
  uint64_t hazard_bit(std::string_view hazard) const;
  PersonState state(PersonId id) const;  // of an existing person (CHECK)
  PostState state(PostId id) const;      // of an existing post (CHECK)

  // --- ways in
  std::span<const PlacedPost> placed() const { return placed_; }
  std::span<const PlaceRun> runs() const { return runs_; }
  uint32_t run_end(size_t run) const {
    return run + 1 < runs_.size() ? runs_[run + 1].begin : static_cast<uint32_t>(placed_.size());
  }
  std::span<const PlacedPost> posts_at(PlaceCode place) const;      // at exactly this place
  std::span<const PlacedPost> posts_within(PlaceCode place) const;  // and below; everything for the empty code
  uint32_t placed_index(uint32_t post) const { return placed_at_[post]; }  // of an active post, in placed()
  std::vector<PostId> posts_of(PersonId person) const;
  std::vector<PostId> posts_for(RecordId record) const;
  // (record, post) pairs, ascending.
  std::span<const std::pair<uint32_t, uint32_t>> record_posts() const { return by_record_; }
  std::vector<PersonId> persons_with(std::string_view normalised_phone) const;

  PhoneState phone_state(PersonId person, UtcTime now) const { return phone_state(persons_[static_cast<size_t>(person.value)], now); }
  PhoneState phone_state(const DirectoryPerson& person, UtcTime now) const;
  bool phone_stale(const DirectoryPerson& person, UtcTime now) const;  // has numbers, none of them fresh
  std::vector<std::string> phones(PersonId person) const;

  // --- the chain of responsibility. A post counts as held when it is active, valid now, for the hazard ("" for any) and
  // its holder is in the register.
  Holding holding(PostId post, std::string_view hazard, UtcTime now) const;
  // The deputy's post; nothing when the post names none.
  std::optional<Holding> deputy_of(PostId post, std::string_view hazard, UtcTime now) const;
  // The nearest superior whose post is held; the first superior, vacant, when none is; nothing when the post names none.
  std::optional<Holding> superior_of(PostId post, std::string_view hazard, UtcTime now) const;
  // The duty room of the nearest place above the post's that has one staffed, up to the node's top place. At the top
  // itself: the duty room there. Nothing when no place has a duty room; vacant when none of them is staffed.
  std::optional<Holding> duty_above(PostId post, std::string_view hazard, UtcTime now, PlaceCode top) const;

  // --- changes, as committed
  void put(const PersonState& person, UtcTime now);
  void put(const PostState& post);
  void remove(PersonId person);
  void remove(PostId post);
  void confirm(PersonId person, std::string_view number, UtcTime at);
  void import(std::string_view attachment, UtcTime at);
  void set_last_change(int64_t seq) { last_change_ = seq; }
  // Between these the ways in are out of date; end_bulk sorts them anew.
  void begin_bulk() { bulk_ = true; }
  void end_bulk();

 private:
  DirectoryPerson& person_slot(int64_t id);
  DirectoryPost& post_slot(int64_t id);
  uint16_t learn_kind(std::string_view id);
  void set_hazards(DirectoryPost& post, const std::vector<std::string>& own);
  void fill(DirectoryPerson& row, const PersonState& person, UtcTime now);
  PlacedPost placed_form(uint32_t id) const;
  void rebuild();
  void number_placed(size_t from);
  void index_post(uint32_t id);
  void unindex_post(uint32_t id);
  void index_phones(uint32_t id);
  void unindex_phones(uint32_t id);
  void refresh_shared(uint64_t number);
  bool is_shared(uint32_t id) const;

  const Pack* pack_;
  const PinyinTable* pinyin_;
  std::vector<std::string> kinds_;       // pack.post_kinds first, then others met
  std::vector<uint8_t> kind_ranks_;      // index in pack.ranks
  std::vector<uint64_t> kind_hazards_;
  std::vector<DirectoryPerson> persons_;  // by id
  std::vector<DirectoryPost> posts_;      // by id
  std::vector<PlacedPost> placed_;        // by key, rank, post
  std::vector<uint32_t> placed_at_;       // by post id: index in placed_
  std::vector<PlaceRun> runs_;
  std::vector<std::pair<uint32_t, uint32_t>> by_holder_, by_record_;  // (holder or record, post)
  std::vector<std::pair<uint64_t, uint32_t>> by_phone_;               // (number, person)
  size_t active_persons_ = 0;
  int64_t last_change_ = 0;
  bool bulk_ = false;
};

}  // namespace anlan
