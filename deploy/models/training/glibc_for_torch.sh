# Source this before training: with glibc's defaults torch 1.13 gives memory back and faults it in again at every step,
# which made it up to eight times slower.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=20000000000 MALLOC_TOP_PAD_=300000000
# Two processes or threads that wait for one another must not spin on a machine that does other things.
export OMP_WAIT_POLICY=passive
