// The GeoJSON summary feed of the USGS, which others speak too; also the answer of FDSN event services with format=geojson, and
// one event of the detail feed.
//
// Of each feature: id, properties.time, updated (milliseconds), mag, magType, place, status, type, net, nst, gap, ids, url; the
// position in geometry with the depth in km as its third number. status "deleted" needs nothing but the id.
// Source: earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php.
#pragma once

#include "base/error.h"
#include "protocols/catalogue_event.h"

namespace anlan {

// kInvalidFile when it is no such document, kTooLarge beyond kCatalogueBytesMax or kCatalogueEventsMax.
Result<Catalogue> read_usgs_events(std::string_view document);

}  // namespace anlan
