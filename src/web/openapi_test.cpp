// The contract and the table of routes say the same.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <set>

#include "web/api_test_node.h"

namespace anlan {
namespace {

TEST(OpenApi, EveryOperationHasExactlyOneRoute) {
  // The demonstration adds its routes itself, on demo nodes alone.
  const std::set<std::string> elsewhere = {"GET /demo", "POST /demo"};
  std::multiset<std::string> routes;
  ApiTestNode t;
  add_all_routes(*t.api);
  for (const auto& route : t.api->routes()) routes.insert(route.method + " " + route.path);

  std::set<std::string> operations, names;
  const YAML::Node contract = YAML::LoadFile("src/web/openapi.yaml");
  for (const auto& path : contract["paths"])
    for (const auto& operation : path.second) {
      std::string method = operation.first.Scalar();
      for (char& c : method) c = static_cast<char>(std::toupper(c));
      operations.insert(method + " " + path.first.Scalar());
      EXPECT_TRUE(names.insert(operation.second["operationId"].Scalar()).second) << "operationId twice";
    }

  for (const auto& o : operations) {
    if (elsewhere.contains(o)) continue;
    EXPECT_EQ(routes.count(o), 1u) << o << ": routes";
  }
  for (const auto& r : routes) EXPECT_TRUE(operations.contains(r)) << r << " is not in openapi.yaml";
}

TEST(OpenApi, PublicOperationsAreTheOnesThatNeedNoSession) {
  ApiTestNode t;
  add_all_routes(*t.api);
  const YAML::Node contract = YAML::LoadFile("src/web/openapi.yaml");
  // Asking who one is, and signing out twice, is answered to everybody.
  const std::set<std::string> answered_anyway = {"GET /session", "DELETE /session"};
  for (const auto& route : t.api->routes()) {
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    const YAML::Node operation = contract["paths"][route.path][method];
    if (!operation || answered_anyway.contains(route.method + " " + route.path)) continue;
    EXPECT_EQ(operation["security"].IsDefined(), route.need == Need::nothing) << route.method << " " << route.path;
  }
}

}  // namespace
}  // namespace anlan
