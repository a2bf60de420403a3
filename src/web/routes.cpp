#include "web/api.h"

namespace anlan {

void add_all_routes(Api& api) {
  add_session_routes(api);
  add_place_routes(api);
  add_people_routes(api);
  add_record_routes(api);
  add_warning_routes(api);
  add_earthquake_routes(api);
  add_queue_routes(api);
  add_signal_routes(api);
  add_device_routes(api);
  add_sensorthings_routes(api);
  add_round_routes(api);
  add_answer_routes(api);
  add_journal_routes(api);
  add_road_routes(api);
  add_dispatch_routes(api);
}

}  // namespace anlan
