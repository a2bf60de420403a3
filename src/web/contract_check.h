// For tests: does a JSON answer have the shape that openapi.yaml promises? Walks type, required, properties, items,
// enum, const, $ref, oneOf, anyOf, allOf, minimum and maximum. Properties that the contract does not name are faults
// too, so that it cannot fall behind the code.
#pragma once

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace anlan {

class Contract {
 public:
  static constexpr int kDepthMax = 40;

  explicit Contract(const std::string& file = "src/web/openapi.yaml") : root_(YAML::LoadFile(file)) {}

  // Faults of a response body, one line each: "items[0].id: …". Empty: it keeps the contract.
  // path as in the document, e.g. "/people/{id}".
  std::vector<std::string> faults(const std::string& method, const std::string& path, int status, const json::value& body) const {
    std::vector<std::string> out;
    std::string verb = method;
    std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto operation = at(at(root_, "paths"), path);
    if (!operation || !at(operation, verb)) return {method + " " + path + ": not in the contract"};
    auto response = at(at(at(operation, verb), "responses"), std::to_string(status));
    if (!response) return {method + " " + path + ": status " + std::to_string(status) + " is not in the contract"};
    response = followed(response);
    const auto content = at(at(response, "content"), "application/json");
    const auto schema = at(content, "schema");
    if (!schema) return out;
    check(schema, body, "", out, 0);
    return out;
  }

  // Faults against a named schema of components/schemas.
  std::vector<std::string> schema_faults(const std::string& name, const json::value& body) const {
    std::vector<std::string> out;
    const auto schema = at(at(at(root_, "components"), "schemas"), name);
    if (!schema) return {name + ": no such schema"};
    check(schema, body, "", out, 0);
    return out;
  }

  // "GET /people/{id}" for every operation.
  std::set<std::string> operations() const {
    std::set<std::string> out;
    for (const auto& path : at(root_, "paths"))
      for (const auto& operation : path.second) {
        auto verb = operation.first.as<std::string>();
        std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char c) { return std::toupper(c); });
        out.insert(verb + " " + path.first.as<std::string>());
      }
    return out;
  }

 private:
  // Undefined nodes throw when they are asked; an empty one is false.
  static YAML::Node at(const YAML::Node& node, const std::string& key) {
    if (!node || !node.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
    return node[key];
  }

  YAML::Node followed(YAML::Node node) const {
    for (int i = 0; i < kDepthMax && at(node, "$ref"); ++i) {
      auto to = at(node, "$ref").as<std::string>();
      YAML::Node here = root_;  // reset() points it elsewhere; assignment would change the document
      size_t from = 2;  // after "#/"
      while (from <= to.size()) {
        const size_t slash = std::min(to.find('/', from), to.size());
        here.reset(at(here, to.substr(from, slash - from)));
        from = slash + 1;
      }
      node.reset(here);
    }
    return node;
  }

  static bool is(const json::value& v, const std::string& type) {
    if (type == "object") return v.is_object();
    if (type == "array") return v.is_array();
    if (type == "string") return v.is_string();
    if (type == "boolean") return v.is_bool();
    if (type == "null") return v.is_null();
    if (type == "integer") return v.is_int64() || v.is_uint64();
    if (type == "number") return v.is_number();
    return false;
  }

  static std::string scalar_of(const json::value& v) { return v.is_string() ? std::string(v.get_string()) : json::serialize(v); }

  // The names of all properties that a schema and what it is composed of declare.
  void names_of(const YAML::Node& schema_in, std::set<std::string>& names, bool& open, int depth) const {
    const auto schema = followed(schema_in);
    if (depth > kDepthMax) return;
    if (const auto properties = at(schema, "properties"))
      for (const auto& p : properties) names.insert(p.first.as<std::string>());
    bool composed = false;
    for (const auto* how : {"allOf", "oneOf", "anyOf"})
      if (const auto parts = at(schema, how)) {
        composed = true;
        for (const auto& part : parts) names_of(part, names, open, depth + 1);
      }
    if (!composed && !at(schema, "properties")) open = true;
  }

  void check(const YAML::Node& schema_in, const json::value& v, const std::string& where, std::vector<std::string>& out, int depth,
             bool closed = true) const {
    if (depth > kDepthMax || out.size() > 50) return;
    const auto schema = followed(schema_in);
    if (!schema || !schema.IsMap()) return;
    const auto fault = [&](const std::string& what) { out.push_back((where.empty() ? "(body)" : where) + ": " + what); };

    if (const auto type = at(schema, "type")) {
      std::vector<std::string> types;
      if (type.IsSequence())
        for (const auto& t : type) types.push_back(t.IsNull() ? "null" : t.as<std::string>());
      else
        types.push_back(type.as<std::string>());
      if (std::none_of(types.begin(), types.end(), [&](const auto& t) { return is(v, t); })) {
        std::string wanted;
        for (const auto& t : types) wanted += (wanted.empty() ? "" : " or ") + t;
        return fault("is not " + wanted + ": " + json::serialize(v).substr(0, 80));
      }
    }
    if (const auto choices = at(schema, "enum")) {
      bool found = false;
      for (const auto& c : choices) found |= c.IsNull() ? v.is_null() : !v.is_null() && c.as<std::string>() == scalar_of(v);
      if (!found) fault("is not one of the choices: " + scalar_of(v).substr(0, 80));
    }
    if (const auto only = at(schema, "const"); only && only.as<std::string>() != scalar_of(v)) fault("is not " + only.as<std::string>());
    if (v.is_number()) {
      const double number = v.to_number<double>();
      if (const auto low = at(schema, "minimum"); low && number < low.as<double>()) fault("is below the minimum");
      if (const auto high = at(schema, "maximum"); high && number > high.as<double>()) fault("is over the maximum");
    }
    if (const auto parts = at(schema, "allOf"))
      for (const auto& part : parts) check(part, v, where, out, depth + 1, false);
    for (const auto* how : {"oneOf", "anyOf"})
      if (const auto parts = at(schema, how)) {
        std::vector<std::string> reasons;
        bool fits = false;
        for (const auto& part : parts) {
          std::vector<std::string> faults;
          check(part, v, where, faults, depth + 1);
          fits |= faults.empty();
          reasons.insert(reasons.end(), faults.begin(), faults.end());
        }
        if (!fits) fault("fits none of " + std::string(how) + (reasons.empty() ? "" : " (" + reasons.front() + ")"));
      }
    if (const auto* object = v.if_object()) {
      if (const auto required = at(schema, "required"))
        for (const auto& name : required)
          if (!object->contains(name.as<std::string>())) fault("lacks " + name.as<std::string>());
      if (const auto properties = at(schema, "properties"))
        for (const auto& p : properties)
          if (const auto* member = object->if_contains(p.first.as<std::string>()))
            check(p.second, *member, where.empty() ? p.first.as<std::string>() : where + "." + p.first.as<std::string>(), out, depth + 1);
      if (closed) {
        std::set<std::string> names;
        bool open = false;
        names_of(schema, names, open, 0);
        if (!open)
          for (const auto& member : *object)
            if (!names.contains(std::string(member.key()))) fault("has " + std::string(member.key()) + ", which the contract does not name");
      }
    }
    if (const auto* array = v.if_array())
      if (const auto items = at(schema, "items"))
        for (size_t i = 0; i < array->size(); ++i) check(items, (*array)[i], where + "[" + std::to_string(i) + "]", out, depth + 1);
  }

  YAML::Node root_;
};

// EXPECT_KEEPS(contract, "GET", "/people/{id}", 200, body)
#define EXPECT_KEEPS(contract, method, path, status, body) \
  for (const auto& fault_ : (contract).faults(method, path, status, body)) ADD_FAILURE() << method << " " << path << ": " << fault_

}  // namespace anlan
