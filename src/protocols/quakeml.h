// QuakeML 1.2 (and 1.1, 1.0), basic event description: what is preferred of each event.
//
// Origin and magnitude are those named by preferredOriginID and preferredMagnitudeID, otherwise the first of each. The id is the
// catalogue's short one where the event carries it (catalog:eventsource + catalog:eventid, as in the GeoJSON feed), otherwise
// publicID. An event of type "not existing", or whose origin was rejected, is deleted. Times without an offset are UTC; depths and
// horizontal uncertainties are metres in the document.
// Source: QuakeML-BED 1.2 (Schorlemmer et al. 2011; Euchner & Schorlemmer 2013).
#pragma once

#include "base/error.h"
#include "protocols/catalogue_event.h"

namespace anlan {

// kInvalidFile when it is no QuakeML, kTooLarge beyond kCatalogueBytesMax or kCatalogueEventsMax.
Result<Catalogue> read_quakeml(std::string_view document);

}  // namespace anlan
