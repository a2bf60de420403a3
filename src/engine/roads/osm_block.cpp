#include "roads/osm_block.h"

#include <protozero/pbf_message.hpp>
#include <protozero/varint.hpp>

#include "roads/utf8.h"

namespace anlan::roads {
namespace {

using protozero::decode_varint;
using protozero::decode_zigzag64;
using protozero::pbf_reader;
using protozero::pbf_wire_type;
using protozero::tag_and_type;

constexpr size_t kTextsMax = 1 << 22;
constexpr size_t kPartsMax = 1 << 20;  // nodes of a way, members of a relation, tags of an element

constexpr auto bytes_field(uint32_t number) {
  return tag_and_type(static_cast<protozero::pbf_tag_type>(number), pbf_wire_type::length_delimited);
}
constexpr auto number_field(uint32_t number) { return tag_and_type(static_cast<protozero::pbf_tag_type>(number), pbf_wire_type::varint); }

std::string_view view(pbf_reader& message) {
  const auto v = message.get_view();
  return {v.data(), v.size()};
}

// A packed field of varints.
class Numbers {
 public:
  explicit Numbers(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  bool more() const { return at_ != end_; }
  uint64_t next() {
    if (at_ == end_) throw OsmFault{"同一要素的各列表长度不一致", "lists of one element differ in length"};
    return decode_varint(&at_, end_);
  }

 private:
  const char *at_, *end_;
};

// Differences that add up; wraps instead of overflowing.
class Sum {
 public:
  int64_t add(uint64_t zigzag) {
    sum_ += static_cast<uint64_t>(decode_zigzag64(zigzag));
    return static_cast<int64_t>(sum_);
  }

 private:
  uint64_t sum_ = 0;
};

void bounded(size_t count) {
  if (count >= kPartsMax) throw OsmFault{"某一要素的组成部分超过一百万个", "an element has more than a million parts"};
}

}  // namespace

void read_header_block(std::string_view bytes, OsmFile& file) {
  pbf_reader message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_field(4): {
        const std::string_view feature = view(message);
        const std::string name(valid_utf8(feature, 40));
        if (feature != "OsmSchema-V0.6" && feature != "DenseNodes")
          throw OsmFault{"文件需要不受支持的特性 " + name, "the file needs the feature " + name + ", which is not supported", true};
        break;
      }
      case bytes_field(16): file.written_by = valid_utf8(view(message), 80); break;
      default: message.skip();
    }
  }
}

std::string_view OsmBlock::text(uint64_t index) const {
  if (index >= texts_.size()) throw OsmFault{"文本索引超出文本表", "a text index is out of the table"};
  return texts_[index];
}

LonLat OsmBlock::position(int64_t lon, int64_t lat) const {
  const auto degrees = [&](int64_t offset, int64_t value) {
    return 1e-9 * (static_cast<double>(offset) + static_cast<double>(granularity_) * static_cast<double>(value));
  };
  const LonLat at{degrees(lon_offset_, lon), degrees(lat_offset_, lat)};
  if (!is_valid(at)) throw OsmFault{"坐标不在地球上", "a position is not on the globe"};
  return at;
}

void OsmBlock::read_tags(std::string_view keys, std::string_view values) {
  tags_.clear();
  Numbers k(keys), v(values);
  while (k.more()) {
    bounded(tags_.size());
    const std::string_view key = text(k.next());
    tags_.push_back({key, text(v.next())});
  }
  if (v.more()) throw OsmFault{"标签的值多于键", "more values than keys"};
}

void OsmBlock::read(std::string_view bytes, const OsmVisitor& visitor, OsmFile& file) {
  texts_.clear();
  groups_.clear();
  granularity_ = 100, lon_offset_ = lat_offset_ = 0;
  pbf_reader message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_field(1): {
        pbf_reader table = message.get_message();
        while (table.next()) {
          if (table.tag_and_type() != bytes_field(1)) {
            table.skip();
            continue;
          }
          if (texts_.size() == kTextsMax) throw OsmFault{"文本表超过四百万项", "the text table has more than 4 million entries"};
          texts_.push_back(view(table));
        }
        break;
      }
      case bytes_field(2):
        bounded(groups_.size());
        groups_.push_back(view(message));
        break;
      case number_field(17): granularity_ = message.get_int32(); break;
      case number_field(19): lat_offset_ = message.get_int64(); break;
      case number_field(20): lon_offset_ = message.get_int64(); break;
      default: message.skip();
    }
  }
  if (granularity_ <= 0) throw OsmFault{"坐标精度不是正数", "the granularity is not positive"};
  for (const std::string_view group : groups_) read_group(group, visitor, file);
}

void OsmBlock::read_group(std::string_view bytes, const OsmVisitor& visitor, OsmFile& file) {
  pbf_reader message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_field(1):
        ++file.nodes;
        if (visitor.node) read_node(view(message), visitor);
        else message.skip();
        break;
      case bytes_field(2): read_dense(view(message), visitor, file); break;
      case bytes_field(3):
        ++file.ways;
        if (visitor.way) read_way(view(message), visitor);
        else message.skip();
        break;
      case bytes_field(4):
        ++file.relations;
        if (visitor.relation) read_relation(view(message), visitor);
        else message.skip();
        break;
      default: message.skip();
    }
  }
}

void OsmBlock::read_node(std::string_view bytes, const OsmVisitor& visitor) {
  OsmNode node;
  std::string_view keys, values;
  int64_t lon = 0, lat = 0;
  pbf_reader message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case number_field(1): node.id = message.get_sint64(); break;
      case bytes_field(2): keys = view(message); break;
      case bytes_field(3): values = view(message); break;
      case number_field(8): lat = message.get_sint64(); break;
      case number_field(9): lon = message.get_sint64(); break;
      default: message.skip();
    }
  }
  read_tags(keys, values);
  node.at = position(lon, lat);
  node.tags = {tags_};
  visitor.node(node);
}

void OsmBlock::read_dense(std::string_view bytes, const OsmVisitor& visitor, OsmFile& file) {
  std::string_view ids, lats, lons, keys_values;
  pbf_reader message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_field(1): ids = view(message); break;
      case bytes_field(8): lats = view(message); break;
      case bytes_field(9): lons = view(message); break;
      case bytes_field(10): keys_values = view(message); break;
      default: message.skip();
    }
  }
  if (!visitor.node) {
    // The last byte of a varint has no high bit.
    for (const char c : ids) file.nodes += !(static_cast<unsigned char>(c) & 0x80);
    return;
  }
  Numbers id(ids), lat(lats), lon(lons), tag(keys_values);
  Sum id_sum, lat_sum, lon_sum;
  const bool tagged = tag.more();
  while (id.more()) {
    OsmNode node;
    node.id = id_sum.add(id.next());
    const int64_t y = lat_sum.add(lat.next()), x = lon_sum.add(lon.next());
    node.at = position(x, y);
    tags_.clear();
    if (tagged)
      for (uint64_t key; (key = tag.next()) != 0;) {
        bounded(tags_.size());
        const std::string_view name = text(key);
        tags_.push_back({name, text(tag.next())});
      }
    node.tags = {tags_};
    ++file.nodes;
    visitor.node(node);
  }
  if (lat.more() || lon.more() || tag.more()) throw OsmFault{"同一要素的各列表长度不一致", "lists of one element differ in length"};
}

void OsmBlock::read_way(std::string_view bytes, const OsmVisitor& visitor) {
  OsmWay way;
  std::string_view keys, values, refs;
  pbf_reader message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case number_field(1): way.id = message.get_int64(); break;
      case bytes_field(2): keys = view(message); break;
      case bytes_field(3): values = view(message); break;
      case bytes_field(8): refs = view(message); break;
      default: message.skip();
    }
  }
  read_tags(keys, values);
  nodes_.clear();
  Sum sum;
  for (Numbers ref(refs); ref.more();) {
    bounded(nodes_.size());
    nodes_.push_back(sum.add(ref.next()));
  }
  way.nodes = nodes_;
  way.tags = {tags_};
  visitor.way(way);
}

void OsmBlock::read_relation(std::string_view bytes, const OsmVisitor& visitor) {
  OsmRelation relation;
  std::string_view keys, values, roles, ids, kinds;
  pbf_reader message(bytes.data(), bytes.size());
  while (message.next()) {
    switch (message.tag_and_type()) {
      case number_field(1): relation.id = message.get_int64(); break;
      case bytes_field(2): keys = view(message); break;
      case bytes_field(3): values = view(message); break;
      case bytes_field(8): roles = view(message); break;
      case bytes_field(9): ids = view(message); break;
      case bytes_field(10): kinds = view(message); break;
      default: message.skip();
    }
  }
  read_tags(keys, values);
  members_.clear();
  Numbers role(roles), id(ids), kind(kinds);
  Sum sum;
  while (id.more()) {
    bounded(members_.size());
    OsmMember member;
    member.id = sum.add(id.next());
    member.role = text(role.next());
    const uint64_t k = kind.next();
    if (k > 2) throw OsmFault{"成员既不是节点,也不是路线或关系", "a member is neither node, way nor relation"};
    member.kind = static_cast<OsmKind>(k);
    members_.push_back(member);
  }
  if (role.more() || kind.more()) throw OsmFault{"同一要素的各列表长度不一致", "lists of one element differ in length"};
  relation.members = members_;
  relation.tags = {tags_};
  visitor.relation(relation);
}

}  // namespace anlan::roads
