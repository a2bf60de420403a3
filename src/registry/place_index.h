// The places of a node, frozen: table, search and boundaries together. Built from the attachments that the journal
// names, shared by all readers as std::shared_ptr<const PlaceIndex>, replaced as a whole when an import changes it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "registry/boundaries.h"
#include "registry/place_search.h"
#include "registry/places.h"

namespace anlan {

class PlaceIndex {
 public:
  // Sorts all names and readings: seconds for the whole country.
  static std::shared_ptr<const PlaceIndex> build(PlaceTable places, Boundaries boundaries, const PinyinTable& pinyin);

  // One binary text that holds everything, so that a start need not sort again. Little-endian; begins with "ANLANPL"
  // and a version byte; then arrays in the order of place_index.cpp, each as a 64-bit count and its elements.
  // read() trusts nothing: kCorrupt for a wrong size, order or reference.
  std::string write() const;
  static Result<std::shared_ptr<const PlaceIndex>> read(std::string_view bytes);

  const PlaceTable& places() const { return places_; }
  const Boundaries& boundaries() const { return boundaries_; }

  std::optional<Place> find(PlaceCode code) const { return places_.find(code); }
  std::vector<PlaceHit> search(const PlaceQuery& query) const { return search_.search(places_, query); }
  // The county whose boundary contains the position; empty when unknown.
  PlaceCode county_at(LonLat position) const { return boundaries_.county_at(position); }

  size_t memory_bytes() const;

 private:
  friend class PlaceIndexWriter;
  friend class PlaceIndexReader;

  PlaceTable places_;
  PlaceSearch search_;
  Boundaries boundaries_;
};

}  // namespace anlan
