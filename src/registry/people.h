// Persons, their telephones, and posts: what can happen to them, and the commands that make it happen.
//
// A post is a duty at a place, or for a record (a reservoir, a school), for some hazards; one person holds it or it is
// vacant. It may name a deputy's post and a superior's post. A person may hold many posts and have several telephones;
// the first is tried first.
//
// Facts carry the whole new state, so that applying one needs nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "journal/attachments.h"
#include "journal/migrations.h"
#include "journal/writer.h"
#include "registry/pack.h"
#include "registry/places.h"

namespace anlan {

inline constexpr size_t kNameLettersMax = 64;    // of persons and titles, in characters
inline constexpr size_t kNoteLettersMax = 500;
inline constexpr size_t kPhonesMax = 5;          // of one person
inline constexpr int kSuperiorStepsMax = 16;     // a chain of superiors is never longer

struct PersonState {
  PersonId person;
  std::string name;
  std::vector<std::string> phones;  // normalised, distinct, in the order they are tried
  std::string note;
  bool generated = false;  // made up for a demonstration
  bool operator==(const PersonState&) const = default;
};

struct PostState {
  PostId post;
  std::string kind;   // id of pack.post_kinds
  std::string title;  // "" when the name of the kind says it all
  PlaceCode place;
  RecordId record;                   // none: answers for the place itself
  std::vector<std::string> hazards;  // empty: those of the kind
  PersonId holder;                   // none: vacant
  PostId deputy_post, superior_post;
  std::optional<UtcTime> valid_from, valid_until;  // [from, until)
  bool generated = false;
  bool operator==(const PostState&) const = default;
};

struct PersonAdded : PersonState {
  static constexpr std::string_view kKind = "PersonAdded";
};
BOOST_DESCRIBE_STRUCT(PersonAdded, (), (person, name, phones, note, generated))

struct PersonChanged : PersonState {
  static constexpr std::string_view kKind = "PersonChanged";
};
BOOST_DESCRIBE_STRUCT(PersonChanged, (), (person, name, phones, note, generated))

// The person leaves all posts and the register; the numbers are forgotten.
struct PersonRemoved {
  static constexpr std::string_view kKind = "PersonRemoved";
  PersonId person;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(PersonRemoved, (), (person, name))

struct PhoneWorked {
  PersonId person;
  std::string number;
  UtcTime at;
};
BOOST_DESCRIBE_STRUCT(PhoneWorked, (), (person, number, at))

// Somebody answered at these numbers.
struct PhoneConfirmed {
  static constexpr std::string_view kKind = "PhoneConfirmed";
  std::vector<PhoneWorked> phones;
};
BOOST_DESCRIBE_STRUCT(PhoneConfirmed, (), (phones))

struct PostAdded : PostState {
  static constexpr std::string_view kKind = "PostAdded";
};
BOOST_DESCRIBE_STRUCT(PostAdded, (), (post, kind, title, place, record, hazards, holder, deputy_post, superior_post,
                                      valid_from, valid_until, generated))

struct PostChanged : PostState {
  static constexpr std::string_view kKind = "PostChanged";
};
BOOST_DESCRIBE_STRUCT(PostChanged, (), (post, kind, title, place, record, hazards, holder, deputy_post, superior_post,
                                        valid_from, valid_until, generated))

// The post is abolished.
struct PostRemoved {
  static constexpr std::string_view kKind = "PostRemoved";
  PostId post;
  std::string title;
};
BOOST_DESCRIBE_STRUCT(PostRemoved, (), (post, title))

// Many persons and posts at once; the attachment (people_attachment.h) has the state of each new or changed one.
struct PeopleImported {
  static constexpr std::string_view kKind = "PeopleImported";
  std::string attachment;
  int64_t rows = 0, created = 0, changed = 0;  // of the imported table
  std::string filename;
};
BOOST_DESCRIBE_STRUCT(PeopleImported, (), (attachment, rows, created, changed, filename))

std::vector<Migration> people_migrations();
void register_people_facts(FactCatalogue& catalogue);

void apply(Tables& tables, const PersonAdded& fact, const FactHeader& header);
void apply(Tables& tables, const PersonChanged& fact, const FactHeader& header);
void apply(Tables& tables, const PersonRemoved& fact, const FactHeader& header);
void apply(Tables& tables, const PhoneConfirmed& fact, const FactHeader& header);
void apply(Tables& tables, const PostAdded& fact, const FactHeader& header);
void apply(Tables& tables, const PostChanged& fact, const FactHeader& header);
void apply(Tables& tables, const PostRemoved& fact, const FactHeader& header);
void apply(Tables& tables, const PeopleImported& fact, const FactHeader& header, const Attachments& attachments);

// The journal number of the last fact that changed persons or posts (confirmed phones aside); 0 when none did.
int64_t last_people_change(Reader& reader);

// --- commands -----------------------------------------------------------------------------------------------------
// Each returns the facts and {"id": n} as response. Errors: kInvalidField with the field of the API and why in Chinese
// ("why") and English (details[0].en); kNotFound for an absent person or post; kConflict.

struct PersonPatch {
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> phones;  // as typed
  std::optional<std::string> note;
  bool generated = false;  // of a new person
};

struct PostPatch {
  std::optional<std::string> kind, title;
  std::optional<PlaceCode> place;
  std::optional<RecordId> record;
  std::optional<std::vector<std::string>> hazards;
  std::optional<PersonId> holder;
  std::optional<PostId> deputy_post, superior_post;
  std::optional<std::optional<UtcTime>> valid_from, valid_until;
  bool generated = false;  // of a new post
};

Result<Decision> add_person(Reader& reader, const PersonPatch& person);
Result<Decision> change_person(Reader& reader, PersonId person, const PersonPatch& patch);
Result<Decision> remove_person(Reader& reader, PersonId person);
Result<Decision> add_post(Reader& reader, const Pack& pack, const PlaceTable& places, const PostPatch& post);
Result<Decision> change_post(Reader& reader, const Pack& pack, const PlaceTable& places, PostId post,
                             const PostPatch& patch);
Result<Decision> remove_post(Reader& reader, PostId post);

// What the tables say; nothing when absent, removed or abolished.
std::optional<PersonState> read_person(Reader& reader, PersonId person);
std::optional<PostState> read_post(Reader& reader, PostId post);

}  // namespace anlan
