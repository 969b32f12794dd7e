#pragma once

#include "client/call_scope.h"
