#pragma once

#if DNNL_VERSION_MAJOR >= 3  // what the check must find
#endif
