// Names of people and telephone numbers that belong to nobody.
#pragma once

#include <string>

#include "demo/dice.h"

namespace anlan {

// A name as people in Linxia bear them, combined at random from common surnames and common characters.
std::string made_up_name(Dice& dice);

// "1600000" and four digits, n in [0, 9999].
std::string made_up_number(int n);

}  // namespace anlan
