#pragma once

#include "engine/runtime/plan.h"
