#pragma once

namespace onebyone {

// Whether a convolution in bfloat16 takes this CPU less time than the same one in float32. Having the instruction does
// not mean that: Intel's before AMX, and those whose hypervisor hides AMX, multiply bfloat16 at about a quarter of the
// float32 rate. Measured once a process, in some milliseconds; false without HasBFloat16(). Safe from several threads.
bool IsBFloat16Faster();

}  // namespace onebyone
