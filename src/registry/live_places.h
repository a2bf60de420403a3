// The places that everybody shares. Each import of divisions, positions or boundaries is one fact whose attachment is
// the whole new index (PlaceIndex::write), so that a start reads the last one and builds nothing.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "journal/migrations.h"
#include "journal/writer.h"
#include "registry/place_index.h"

namespace anlan {

enum class PlaceSetKind { divisions, positions, boundaries };
BOOST_DESCRIBE_ENUM(PlaceSetKind, divisions, positions, boundaries)

struct PlacesImported {
  static constexpr std::string_view kKind = "PlacesImported";
  PlaceSetKind kind = PlaceSetKind::divisions;  // what came in
  std::string attachment;
  std::string note;  // what people called it: file name, source, counts
};
BOOST_DESCRIBE_STRUCT(PlacesImported, (), (kind, attachment, note))

std::vector<Migration> place_migrations();
void register_place_facts(FactCatalogue& catalogue);
void apply(Tables& tables, const PlacesImported& fact, const FactHeader& header);

// based_on: the attachment of the index that this one was made from ("" for the first); kConflict when another import
// came between. kInvalidField when the attachment is no hash.
Result<Decision> import_places(Reader& reader, PlaceSetKind kind, const std::string& attachment, const std::string& based_on,
                               const std::string& note);

// Any thread may read. Whoever makes a new index hands it over with expect(), so that the commit need not read it back.
class Places : public Observer {
 public:
  explicit Places(const Attachments& attachments);
  // At start, before anything is committed. kCorrupt when the index cannot be read.
  Result<void> load(Reader& reader);

  std::shared_ptr<const PlaceIndex> get() const;  // never null; without places until some are imported
  std::string attachment() const;                 // of what get() gives; "" until some are imported
  void expect(const std::string& attachment, std::shared_ptr<const PlaceIndex> index);

  void on_committed(const std::vector<RecordedFact>& facts) override;

 private:
  const Attachments& attachments_;
  mutable std::mutex mutex_;
  std::shared_ptr<const PlaceIndex> index_;
  std::string attachment_;
  std::shared_ptr<const PlaceIndex> expected_;
  std::string expected_attachment_;
};

}  // namespace anlan
