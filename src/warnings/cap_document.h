// The XML tree of a CAP file: which elements are CAP's, and on which lines they stand.
#pragma once

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "warnings/cap.h"

namespace anlan {

class CapDocument {
 public:
  // `utf8` has passed decode_xml and the size limits.
  explicit CapDocument(std::string utf8);

  // Parses, refuses document types, deep nesting and roots other than <alert> in a CAP namespace. Gives the fault, and
  // then nothing else may be asked.
  std::optional<ErrorDetail> open();

  pugi::xml_node root() const { return root_; }
  CapVersion version() const { return version_; }
  bool has_namespace() const { return !namespace_.empty(); }

  // The name of an element of CAP without its prefix; empty for any other node.
  std::string_view cap_name(pugi::xml_node node) const;
  std::vector<pugi::xml_node> children(pugi::xml_node parent, std::string_view name) const;

  int line_of(pugi::xml_node node) const;
  // The line of the deepest element of a path such as "info[0].area[1].areaDesc" that exists.
  int line_of_path(std::string_view path) const;

 private:
  int line_at_offset(ptrdiff_t offset) const;
  std::optional<ErrorDetail> find_root();
  std::optional<ErrorDetail> check_depth() const;
  std::optional<ErrorDetail> find_namespace();

  std::string text_;
  std::vector<size_t> line_ends_;
  pugi::xml_document document_;
  pugi::xml_node root_;
  CapVersion version_ = CapVersion::v1_2;
  std::string namespace_;
  std::vector<std::string> prefixes_;  // that the root binds to the namespace; "" is the default
};

}  // namespace anlan
