#include "registry/live_places.h"

#include <fmt/format.h>

namespace anlan {
namespace {

std::string last_attachment(Reader& reader) {
  return reader.text("SELECT attachment FROM place_sets ORDER BY id DESC LIMIT 1").value_or("");
}

}  // namespace

std::vector<Migration> place_migrations() {
  return {{"places-1", R"(
    CREATE TABLE place_sets (id $ID, kind TEXT NOT NULL, attachment TEXT NOT NULL, at BIGINT NOT NULL, note TEXT NOT NULL)
  )"}};
}

void register_place_facts(FactCatalogue& catalogue) { catalogue.add<PlacesImported>(); }

void apply(Tables& tables, const PlacesImported& fact, const FactHeader& header) {
  const int64_t id = peek_id(tables, "place_set");
  tables.execute("INSERT INTO place_sets (id, kind, attachment, at, note) VALUES (?, ?, ?, ?, ?)",
                 {id, boost::describe::enum_to_string(fact.kind, ""), fact.attachment, header.at, fact.note});
  take_id(tables, "place_set", id);
}

Result<Decision> import_places(Reader& reader, PlaceSetKind kind, const std::string& attachment, const std::string& based_on,
                               const std::string& note) {
  if (!Attachments::is_hash(attachment)) return Error(ErrorCode::kInvalidField, {{"field", "attachment"}, {"why", "不是附件"}});
  const auto last = last_attachment(reader);
  if (last == attachment) return Decision{};
  if (last != based_on) return Error(ErrorCode::kConflict, {{"why", "地名数据刚被另一次导入更新，请重新导入"}});
  return Decision{{fact(PlacesImported{kind, attachment, note}, "places")}, "{}"};
}

Places::Places(const Attachments& attachments)
    : attachments_(attachments), index_(PlaceIndex::build({}, {}, PinyinTable())) {}

Result<void> Places::load(Reader& reader) {
  const auto attachment = last_attachment(reader);
  if (attachment.empty()) return {};
  TRY(bytes, attachments_.get(attachment));
  TRY(index, PlaceIndex::read(*bytes));
  std::scoped_lock lock(mutex_);
  index_ = std::move(index);
  attachment_ = attachment;
  return {};
}

std::shared_ptr<const PlaceIndex> Places::get() const {
  std::scoped_lock lock(mutex_);
  return index_;
}

std::string Places::attachment() const {
  std::scoped_lock lock(mutex_);
  return attachment_;
}

void Places::expect(const std::string& attachment, std::shared_ptr<const PlaceIndex> index) {
  std::scoped_lock lock(mutex_);
  expected_attachment_ = attachment;
  expected_ = std::move(index);
}

void Places::on_committed(const std::vector<RecordedFact>& facts) {
  const PlacesImported* last = nullptr;
  for (const auto& f : facts)
    if (const auto* imported = f.as<PlacesImported>()) last = imported;
  if (!last) return;
  std::shared_ptr<const PlaceIndex> index;
  {
    std::scoped_lock lock(mutex_);
    if (expected_attachment_ == last->attachment) index = std::move(expected_);
    expected_.reset();
    expected_attachment_.clear();
  }
  if (!index) {
    auto read = PlaceIndex::read(*attachments_.must_get(last->attachment));
    CHECK_MSG(read.ok(), read.error().describe());
    index = std::move(*read);
  }
  std::scoped_lock lock(mutex_);
  index_ = std::move(index);
  attachment_ = last->attachment;
}

}  // namespace anlan
