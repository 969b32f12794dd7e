#pragma once

#include <string>

#include "client/load/report/comparison.h"
#include "client/load/report/load_result.h"

namespace onebyone {

// Two runs side by side as text for a terminal. `a_name`, `b_name`: how they are called, such as their files.
std::string ComparisonTable(const Comparison& comparison, const std::string& a_name, const std::string& b_name);

// "+2.1 %"; of shares in percentage points: "+0.31 points".
std::string ChangeText(const ComparedFigure& figure);
// "-1.0 % to +5.2 %", or "-".
std::string ChangeIntervalText(const ComparedFigure& figure);
// A value of the figure: "61.2", "0.25 %", or "-".
std::string FigureText(const ComparedFigure& figure, const std::optional<double>& value);

}  // namespace onebyone
