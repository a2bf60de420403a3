// A small country for tests of places, and the real files beside the repository where they exist.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "registry/place_files.h"
#include "registry/places.h"

namespace anlan {

inline PlaceTable test_places() {
  auto places = read_divisions(
      {"code,name\n11,北京市\n44,\"广东省\"\n62,甘肃省\n",
       "\xEF\xBB\xBF"
       "code,name,provinceCode\r\n1101,\"市辖区\",11\r\n4419,东莞市,44\r\n6229,\"临夏回族自治州\",62\r\n",
       "code,name,cityCode,provinceCode\n110101,\"东城区\",1101,11\n441900,东莞市,4419,44\n622901,临夏市,6229,62\n"
       "622927,积石山保安族东乡族撒拉族自治县,6229,62\n622921,临夏县,6229,62\n",
       "code,name,areaCode\n622927101,大河家镇,622927\n622927100,吹麻滩镇,622927\n",
       "code,name,streetCode\n622927101201,大河村村委会,622927101\n622927100001,东门社区居委会,622927100\n"
       "622927101202,长宁村民委员会,622927101\n"});
  EXPECT_TRUE(places.ok());
  return std::move(places).value();
}

// Plain or gzip; empty when absent.
inline std::string real_file(const std::string& name) {
  std::string out;
  gzFile file = gzopen(("../shared/data/admin/" + name).c_str(), "rb");
  if (!file) return out;
  char bytes[1 << 16];
  for (int n; (n = gzread(file, bytes, sizeof bytes)) > 0;) out.append(bytes, static_cast<size_t>(n));
  gzclose(file);
  return out;
}

}  // namespace anlan
