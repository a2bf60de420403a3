#include <algorithm>
#include <map>

#include "registry/people.h"
#include "registry/people_attachment.h"

namespace anlan {

std::vector<Migration> people_migrations() {
  // state: 0 active, 1 left or abolished. phones.entered_at is when the number was written down.
  return {{"people-1", R"(
    CREATE TABLE persons (id $ID, name TEXT NOT NULL, note TEXT NOT NULL, state BIGINT NOT NULL,
                          generated BIGINT NOT NULL, confirmed_at BIGINT);
    CREATE TABLE phones (person BIGINT NOT NULL, n BIGINT NOT NULL, number TEXT NOT NULL, entered_at BIGINT NOT NULL,
                         confirmed_at BIGINT, PRIMARY KEY (person, n)) $CLUSTERED;
    CREATE TABLE posts (id $ID, kind TEXT NOT NULL, title TEXT NOT NULL, place BIGINT NOT NULL, record BIGINT NOT NULL,
                        hazards TEXT NOT NULL, holder BIGINT NOT NULL, deputy_post BIGINT NOT NULL,
                        superior_post BIGINT NOT NULL, valid_from BIGINT, valid_until BIGINT, state BIGINT NOT NULL,
                        generated BIGINT NOT NULL);
    CREATE INDEX posts_holder ON posts (holder);
    CREATE INDEX posts_record ON posts (record);
    CREATE INDEX posts_place ON posts (place)
  )"}};
}

void register_people_facts(FactCatalogue& catalogue) {
  catalogue.add<PersonAdded>();
  catalogue.add<PersonChanged>();
  catalogue.add<PersonRemoved>();
  catalogue.add<PhoneConfirmed>();
  catalogue.add<PostAdded>();
  catalogue.add<PostChanged>();
  catalogue.add<PostRemoved>();
  catalogue.add<PeopleImported>();
}

namespace {

constexpr std::string_view kChangeCounter = "people_change";

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& s : list) {
    if (!out.empty()) out += ',';
    out += s;
  }
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void put_phones(Tables& tables, const PersonState& person, const std::optional<UtcTime>& confirmed_at, UtcTime now,
                bool is_new) {
  // A number that stays keeps the time it was entered and last worked.
  std::map<std::string, std::pair<int64_t, std::optional<int64_t>>> before;
  if (!is_new) {
    tables.query("SELECT number, entered_at, confirmed_at FROM phones WHERE person = ?", {person.person},
                 [&](const Row& row) { before[row.str(0)] = {row.integer(1), row.maybe(2)}; });
    if (!before.empty()) tables.execute("DELETE FROM phones WHERE person = ?", {person.person});
  }
  for (size_t n = 0; n < person.phones.size(); ++n) {
    int64_t entered = now.ms;
    std::optional<int64_t> confirmed;
    if (const auto it = before.find(person.phones[n]); it != before.end()) std::tie(entered, confirmed) = it->second;
    if (confirmed_at && (!confirmed || *confirmed < confirmed_at->ms)) confirmed = confirmed_at->ms;
    tables.execute("INSERT INTO phones (person, n, number, entered_at, confirmed_at) VALUES (?, ?, ?, ?, ?)",
                   {person.person, n, person.phones[n], entered, confirmed});
  }
}

void put_person(Tables& tables, const PersonState& p, const std::optional<UtcTime>& confirmed_at, UtcTime now,
                bool is_new) {
  if (is_new) {
    tables.execute("INSERT INTO persons (id, name, note, state, generated, confirmed_at) VALUES (?, ?, ?, 0, ?, ?)",
                   {p.person, p.name, p.note, p.generated, confirmed_at});
  } else {
    tables.execute("UPDATE persons SET name = ?, note = ?, generated = ? WHERE id = ?",
                   {p.name, p.note, p.generated, p.person});
    if (confirmed_at)
      tables.execute("UPDATE persons SET confirmed_at = ? WHERE id = ? AND (confirmed_at IS NULL OR confirmed_at < ?)",
                     {confirmed_at, p.person, confirmed_at});
  }
  put_phones(tables, p, confirmed_at, now, is_new);
}

void put_post(Tables& tables, const PostState& p) {
  tables.execute(
      "INSERT INTO posts (id, kind, title, place, record, hazards, holder, deputy_post, superior_post, valid_from, "
      "valid_until, state, generated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (id) DO UPDATE SET "
      "kind = excluded.kind, title = excluded.title, place = excluded.place, record = excluded.record, "
      "hazards = excluded.hazards, holder = excluded.holder, deputy_post = excluded.deputy_post, "
      "superior_post = excluded.superior_post, valid_from = excluded.valid_from, valid_until = excluded.valid_until, "
      "state = 0, generated = excluded.generated",
      {p.post, p.kind, p.title, p.place, p.record, joined(p.hazards), p.holder, p.deputy_post, p.superior_post,
       p.valid_from, p.valid_until, p.generated});
}

void note_change(Tables& tables, const FactHeader& header) { take_id(tables, kChangeCounter, header.seq); }

}  // namespace

int64_t last_people_change(Reader& reader) {
  return reader.integer("SELECT value FROM counters WHERE name = ?", {kChangeCounter}).value_or(0);
}

void apply(Tables& tables, const PersonAdded& fact, const FactHeader& header) {
  put_person(tables, fact, std::nullopt, header.at, true);
  take_id(tables, "person", fact.person.value);
  note_change(tables, header);
}

void apply(Tables& tables, const PersonChanged& fact, const FactHeader& header) {
  put_person(tables, fact, std::nullopt, header.at, false);
  note_change(tables, header);
}

void apply(Tables& tables, const PersonRemoved& fact, const FactHeader& header) {
  tables.execute("UPDATE persons SET state = 1 WHERE id = ?", {fact.person});
  tables.execute("DELETE FROM phones WHERE person = ?", {fact.person});
  tables.execute("UPDATE posts SET holder = 0 WHERE holder = ?", {fact.person});
  note_change(tables, header);
}

void apply(Tables& tables, const PhoneConfirmed& fact, const FactHeader&) {
  for (const auto& p : fact.phones) {
    tables.execute("UPDATE phones SET confirmed_at = ? WHERE person = ? AND number = ? AND (confirmed_at IS NULL OR confirmed_at < ?)",
                   {p.at, p.person, p.number, p.at});
    tables.execute("UPDATE persons SET confirmed_at = ? WHERE id = ? AND (confirmed_at IS NULL OR confirmed_at < ?)",
                   {p.at, p.person, p.at});
  }
}

void apply(Tables& tables, const PostAdded& fact, const FactHeader& header) {
  put_post(tables, fact);
  take_id(tables, "post", fact.post.value);
  note_change(tables, header);
}

void apply(Tables& tables, const PostChanged& fact, const FactHeader& header) {
  put_post(tables, fact);
  note_change(tables, header);
}

void apply(Tables& tables, const PostRemoved& fact, const FactHeader& header) {
  tables.execute("UPDATE posts SET state = 1, holder = 0 WHERE id = ?", {fact.post});
  note_change(tables, header);
}

void apply(Tables& tables, const PeopleImported& fact, const FactHeader& header, const Attachments& attachments) {
  const int64_t persons_before = peek_id(tables, "person"), posts_before = peek_id(tables, "post");
  int64_t person_last = persons_before - 1, post_last = posts_before - 1;
  const auto lines = attachments.must_get(fact.attachment);
  read_people(
      *lines,
      [&](const ImportedPerson& p) {
        put_person(tables, p, p.confirmed_at, header.at, p.person.value >= persons_before);
        person_last = std::max(person_last, p.person.value);
      },
      [&](const ImportedPost& p) {
        put_post(tables, p);
        post_last = std::max(post_last, p.post.value);
      });
  take_id(tables, "person", person_last);
  take_id(tables, "post", post_last);
  note_change(tables, header);
}

std::optional<PersonState> read_person(Reader& reader, PersonId person) {
  std::optional<PersonState> found;
  reader.query("SELECT name, note, generated FROM persons WHERE id = ? AND state = 0", {person}, [&](const Row& row) {
    found = PersonState{person, row.str(0), {}, row.str(1), row.integer(2) != 0};
  });
  if (found)
    reader.query("SELECT number FROM phones WHERE person = ? ORDER BY n", {person},
                 [&](const Row& row) { found->phones.push_back(row.str(0)); });
  return found;
}

std::optional<PostState> read_post(Reader& reader, PostId post) {
  std::optional<PostState> found;
  reader.query(
      "SELECT kind, title, place, record, hazards, holder, deputy_post, superior_post, valid_from, valid_until, generated "
      "FROM posts WHERE id = ? AND state = 0",
      {post}, [&](const Row& row) {
        PostState p;
        p.post = post;
        p.kind = row.str(0);
        p.title = row.str(1);
        p.place = PlaceCode(row.integer(2));
        p.record = {row.integer(3)};
        p.hazards = split(row.text(4));
        p.holder = {row.integer(5)};
        p.deputy_post = {row.integer(6)};
        p.superior_post = {row.integer(7)};
        if (const auto v = row.maybe(8)) p.valid_from = UtcTime{*v};
        if (const auto v = row.maybe(9)) p.valid_until = UtcTime{*v};
        p.generated = row.integer(10) != 0;
        found = std::move(p);
      });
  return found;
}

}  // namespace anlan
