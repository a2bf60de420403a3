// The one configuration file (YAML). Every key is here with its default; unknown keys are refused with file and line.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace anlan {

struct Config {
  // Where things are.
  std::string data = "data";       // data: folder of the store, attachments and the node's key
  std::string store;               // store: "" for SQLite in the data folder, or postgresql://…
  std::string pack = "packs/cn";   // pack: folder of the declared hazards, ranks, rules, record types
  std::string ui = "ui/dist";      // ui: folder of the built web application
  std::string openapi = "src/web/openapi.yaml";  // openapi: the API's contract, served as JSON
  // Who we are.
  std::string name = "安澜";       // name: shown on every page and as the issuer of warnings
  std::string place;               // place: code of the node's top place, e.g. 622927; "" for the whole country
  std::string duty_phone;          // duty_phone: shown to people who are called
  std::string sender = "anlan";    // sender: <sender> of CAP messages
  std::string public_url;          // public_url: begins the links in messages; "" is the first listen address
  int utc_offset_minutes = 480;    // utc_offset_minutes: the node's time zone
  // How we are reached.
  std::vector<std::string> listen{"127.0.0.1:8080"};  // listen: addresses; 0.0.0.0:8080 for the local network
  std::string tls_cert, tls_key;   // tls_cert, tls_key: PEM files; with both, every address speaks HTTPS
  std::vector<std::string> base_maps;  // base_maps: "name|https://…/{z}/{x}/{y}.png|attribution", XYZ or WMTS
  bool local_cap_sources = false;  // local_cap_sources: also poll CAP sources on this machine (127.0.0.1) or link-local
  // Where sites and their devices send readings, besides /api/v1/readings.
  std::vector<std::string> devices;  // devices: "sl651|udp:0.0.0.0:5651|622927|1234|m1": protocol (sl651, hj212, jtt808), address, place, password, mode
  std::vector<std::string> mqtt;     // mqtt: "broker:1883|anlan/#|622927|user|password": broker, topic, place, user, password
  double frames_max_gb = 4;          // frames_max_gb: raw frames of thirty days, on disk; pictures of devices have a quarter of it besides
  // Fires seen by satellites (NASA FIRMS CSV). fire_spots: {url: one or a list, folder: …, every: 10 min}
  struct FireSpots {
    std::vector<std::string> urls;
    std::string folder;
    int every_minutes = 10;
  } fire_spots;
  // Earthquakes: servers of waveforms, and catalogues.
  std::vector<std::string> seedlink;          // seedlink: "host:18000|NET_STA:HN?,NET_STA": server and stations
  std::vector<std::string> earthquake_feeds;  // earthquake_feeds: USGS GeoJSON or QuakeML addresses, polled every minute
  // Where readings go besides our own history.
  std::string outlet;              // outlet: http://store:8428/api/v1/write, Prometheus remote write; "" sends nothing
  std::string outlet_token;        // outlet_token: sent as "Authorization: Bearer"
  // How hard we work.
  int web_threads = 1;             // web_threads: event loops for connections
  int workers = 2;                 // workers: threads for reads, imports and documents
  // The simulated telephone network, for demonstrations and drills. Real gateways come with their own settings.
  bool simulated_phones = false;   // simulated_phones: calls reach nobody outside this program
};

// kInvalidFile with details (line) for unknown keys and wrong values; kNotFound when the file is absent.
Result<Config> read_config(const std::string& file);

}  // namespace anlan
