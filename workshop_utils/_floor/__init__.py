"""What all rooms stand on: rules that two rooms share, each kept once.

``ink`` says what a picture is and refuses the rest; ``tensors`` brings pictures to a network and leaves the
network as it was; ``bundled`` opens a file of the package and proves that it is whole; ``words`` writes
numbers for people; ``quiet`` silences a library for a while.
"""
