// Small OpenStreetMap files for tests, written element by element.
#pragma once

#include <zlib.h>

#include <cmath>
#include <map>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "roads/osm_pbf.h"

namespace anlan::roads::fixture {

using TagList = std::vector<std::pair<std::string, std::string>>;

class OsmWriter {
 public:
  void node(int64_t id, double lon, double lat, const TagList& tags = {}) {
    node_ids_.push_back(id);
    lons_.push_back(std::llround(lon * 1e7));
    lats_.push_back(std::llround(lat * 1e7));
    for (const auto& [k, v] : tags) keys_values_.push_back(text(k)), keys_values_.push_back(text(v));
    keys_values_.push_back(0);
  }
  // As an element of its own instead of among the dense ones.
  void plain_node(int64_t id, double lon, double lat, const TagList& tags = {}) {
    std::string bytes;
    protozero::pbf_writer out(bytes);
    out.add_sint64(1, id);
    add_tags(out, tags);
    out.add_sint64(8, std::llround(lat * 1e7));
    out.add_sint64(9, std::llround(lon * 1e7));
    elements_.emplace_back(1, bytes);
  }
  void way(int64_t id, const std::vector<int64_t>& nodes, const TagList& tags) {
    std::string bytes;
    protozero::pbf_writer out(bytes);
    out.add_int64(1, id);
    add_tags(out, tags);
    const auto refs = differences(nodes);
    out.add_packed_sint64(8, refs.begin(), refs.end());
    elements_.emplace_back(3, bytes);
  }
  void relation(int64_t id, const std::vector<OsmMember>& members, const TagList& tags) {
    std::string bytes;
    protozero::pbf_writer out(bytes);
    out.add_int64(1, id);
    add_tags(out, tags);
    std::vector<int32_t> roles, kinds;
    std::vector<int64_t> ids;
    for (const OsmMember& m : members) {
      roles.push_back(static_cast<int32_t>(text(std::string(m.role))));
      kinds.push_back(static_cast<int32_t>(m.kind));
      ids.push_back(m.id);
    }
    ids = differences(ids);
    out.add_packed_int32(8, roles.begin(), roles.end());
    out.add_packed_sint64(9, ids.begin(), ids.end());
    out.add_packed_int32(10, kinds.begin(), kinds.end());
    elements_.emplace_back(4, bytes);
  }
  void turn(int64_t id, std::string_view kind, int64_t from, int64_t via, int64_t to, TagList tags = {}) {
    tags.emplace_back("type", "restriction");
    tags.emplace_back("restriction", kind);
    relation(id, {{OsmKind::kWay, from, "from"}, {OsmKind::kNode, via, "via"}, {OsmKind::kWay, to, "to"}}, tags);
  }

  std::string block() const {
    std::string bytes;
    protozero::pbf_writer out(bytes);
    {
      protozero::pbf_writer table(out, 1);
      for (const std::string& t : texts_) table.add_bytes(1, t);
    }
    if (!node_ids_.empty()) {
      protozero::pbf_writer group(out, 2);
      protozero::pbf_writer dense(group, 2);
      for (const auto& [field, list] : {std::pair(1, &node_ids_), std::pair(8, &lats_), std::pair(9, &lons_)}) {
        const auto steps = differences(*list);
        dense.add_packed_sint64(static_cast<protozero::pbf_tag_type>(field), steps.begin(), steps.end());
      }
      dense.add_packed_int32(10, keys_values_.begin(), keys_values_.end());
    }
    for (const auto& [field, element] : elements_) {
      protozero::pbf_writer group(out, 2);
      group.add_message(static_cast<protozero::pbf_tag_type>(field), element);
    }
    return bytes;
  }
  std::string file(bool packed = true) const { return header({"OsmSchema-V0.6", "DenseNodes"}) + blob("OSMData", block(), packed); }

  static std::string header(const std::vector<std::string>& features) {
    std::string bytes;
    protozero::pbf_writer out(bytes);
    for (const std::string& f : features) out.add_string(4, f);
    out.add_string(16, "a test");
    return blob("OSMHeader", bytes, false);
  }
  static std::string blob(const std::string& type, const std::string& content, bool packed) {
    std::string body;
    protozero::pbf_writer out(body);
    if (packed) {
      std::string z(compressBound(content.size()), '\0');
      uLongf size = z.size();
      compress(reinterpret_cast<Bytef*>(z.data()), &size, reinterpret_cast<const Bytef*>(content.data()), content.size());
      z.resize(size);
      out.add_int32(2, static_cast<int32_t>(content.size()));
      out.add_bytes(3, z);
    } else {
      out.add_bytes(1, content);
    }
    return framed(type, static_cast<int32_t>(body.size())) + body;
  }
  // Length and blob header of a blob of so many bytes.
  static std::string framed(const std::string& type, int32_t size) {
    std::string head;
    protozero::pbf_writer out(head);
    out.add_string(1, type);
    out.add_int32(3, size);
    std::string length;
    for (int shift = 24; shift >= 0; shift -= 8) length += static_cast<char>(head.size() >> shift & 0xFF);
    return length + head;
  }

 private:
  uint32_t text(const std::string& t) {
    const auto [at, added] = index_.emplace(t, texts_.size());
    if (added) texts_.push_back(t);
    return static_cast<uint32_t>(at->second);
  }
  void add_tags(protozero::pbf_writer& out, const TagList& tags) {
    std::vector<uint32_t> keys, values;
    for (const auto& [k, v] : tags) keys.push_back(text(k)), values.push_back(text(v));
    out.add_packed_uint32(2, keys.begin(), keys.end());
    out.add_packed_uint32(3, values.begin(), values.end());
  }
  static std::vector<int64_t> differences(const std::vector<int64_t>& list) {
    std::vector<int64_t> out;
    for (size_t i = 0; i < list.size(); ++i) out.push_back(i ? list[i] - list[i - 1] : list[i]);
    return out;
  }

  std::vector<std::string> texts_{""};
  std::map<std::string, size_t> index_;
  std::vector<int64_t> node_ids_, lons_, lats_;
  std::vector<uint32_t> keys_values_;
  std::vector<std::pair<int, std::string>> elements_;
};

}  // namespace anlan::roads::fixture
